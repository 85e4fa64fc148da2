"""Out-of-distribution robustness: scenarios, scores, targets and published rows."""
