"""Intervals, comparisons and what else makes a number honest."""
