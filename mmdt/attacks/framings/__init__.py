"""Attacks that surround the request with other text; the request is in it word for word."""
