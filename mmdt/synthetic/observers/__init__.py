"""Evaluators that know the synthetic data, and nothing else."""
