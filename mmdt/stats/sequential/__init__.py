"""Intervals that hold at any time: what a run that stops by its own results needs."""
