"""Attacks that put the request into a picture or change the pictures of a case."""
