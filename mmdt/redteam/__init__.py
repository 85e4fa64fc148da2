"""Generators of challenging cases: seeded, composable, one method a file."""
