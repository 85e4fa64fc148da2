"""Worlds: synthetic scenes with exactly known truth, and their questions, prompts and pictures."""
