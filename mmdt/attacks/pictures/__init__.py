"""Attacks on pictures."""
