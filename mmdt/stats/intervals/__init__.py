"""Interval estimators: from values and clusters to the ends of a 95 % interval."""
