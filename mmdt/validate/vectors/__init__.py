"""Vectors: recorded outputs with the numbers that the authors' own functions give them, and how far mmdt agrees."""
