"""Gemini models behind Google's API."""
