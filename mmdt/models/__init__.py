"""Runtimes for models: one folder per provider or library."""
