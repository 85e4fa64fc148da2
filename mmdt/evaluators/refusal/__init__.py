"""Refusals in words, and pictures that are blank."""
