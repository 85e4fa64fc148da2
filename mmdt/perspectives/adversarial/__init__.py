"""Adversarial robustness: scenarios, probes, scores, targets and published rows."""
