"""Drawings of the world's objects, one function an object."""
