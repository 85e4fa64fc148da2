"""Drawings of the objects in worlds, one function per object."""
