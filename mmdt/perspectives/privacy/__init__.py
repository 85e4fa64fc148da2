"""Privacy: scenarios, scores, metrics, targets and published rows."""
