"""Guards: models and moderation endpoints in front of a model, or behind it."""
