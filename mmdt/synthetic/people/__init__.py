"""Drawn people and scenes for fairness cases."""
