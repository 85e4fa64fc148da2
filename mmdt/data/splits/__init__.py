"""Splits: cases made by attacks from a user's own rows, from a recipe and a secret, and proofs of what they were."""
