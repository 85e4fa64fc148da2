"""Requests to one model, with limits, retries and a budget."""
