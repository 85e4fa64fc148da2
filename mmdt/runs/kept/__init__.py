"""Scores that were computed once, kept by content in the cache folder, so that a large run opens quickly again."""
