"""Nudity in images."""
