"""Faces in pictures, and how each presents."""
