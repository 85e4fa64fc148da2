"""Risk frameworks: what of them a run is evidence for, and what it is not."""
