"""Observers of outputs: judges, detectors, readers of text, similarity."""
