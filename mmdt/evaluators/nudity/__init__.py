"""Nudity in pictures."""
