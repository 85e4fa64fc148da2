"""Faces in images, and how each one presents."""
