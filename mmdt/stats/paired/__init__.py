"""Paired differences between runs: of every number of the scorecard, with their tests and their ranks."""
