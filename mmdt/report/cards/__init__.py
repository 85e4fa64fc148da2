"""Metric cards: what each metric asks, how it is computed, and how to read its value."""
