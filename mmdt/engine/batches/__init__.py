"""Requests to one model through its provider's batch API, which may take hours or days."""
