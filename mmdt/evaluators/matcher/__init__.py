"""Matchers: whether a reply agrees with the reference answer."""
