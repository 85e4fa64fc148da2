"""Safety: scenarios, scores, targets and published rows."""
