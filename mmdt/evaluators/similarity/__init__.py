"""Similarity of an image to a text or to another image."""
