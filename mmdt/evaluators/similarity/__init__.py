"""Similarity of a picture to a text or to another picture."""
