"""Synthetic data whose truth is known: drawn worlds, people, streets, documents, posters, and the organisms."""
