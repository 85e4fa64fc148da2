"""Worlds: synthetic scenes whose truth is known exactly, with their questions, prompts and pictures."""
