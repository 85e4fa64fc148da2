"""Safety: scenarios, targets and published rows."""
