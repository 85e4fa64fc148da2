"""Drawn street views of invented shops in real places, with known truth, for location privacy."""
