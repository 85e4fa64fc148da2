"""Runtimes: one file a provider or library."""
