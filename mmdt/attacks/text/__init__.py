"""Attacks that change the words of a request."""
