"""Attacks that write the request in a code and say how to read it. Each module can decode what it wrote."""
