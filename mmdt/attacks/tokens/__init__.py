"""Attacks that look for tokens of a prompt by a text encoder at hand, for models that draw."""
