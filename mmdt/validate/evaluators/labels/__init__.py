"""Evaluators held against a file that people labelled."""
