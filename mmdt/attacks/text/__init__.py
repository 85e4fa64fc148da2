"""Attacks on words."""
