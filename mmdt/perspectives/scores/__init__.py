"""Pure functions from what was observed to numbers, one family a file."""
