"""Checks of evaluators: each is asked about a set with known truth, and its errors are counted."""
