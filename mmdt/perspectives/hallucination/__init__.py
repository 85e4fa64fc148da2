"""Hallucination: scenarios, scores, targets and published rows."""
