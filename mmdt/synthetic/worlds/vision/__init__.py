"""Seeing: what is in a picture of a world, told from its pixels alone."""
