"""Gemini models served by Google's API."""
