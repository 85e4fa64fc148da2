"""Posters of invented plays: captioned pictures that stand in for training data a model may have memorised."""
