"""Drawn people and scenes with known truth, for fairness cases."""
