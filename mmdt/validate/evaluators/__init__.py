"""Checks of evaluators: each is asked about a set whose truth is known, and reports how often it errs."""
