"""Posters of invented plays: pictures with captions, in the place of training data that a model may have memorised."""
