"""Evaluators for the synthetic data only."""
