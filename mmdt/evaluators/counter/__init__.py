"""Counters: read from a reply how many of each object there are."""
