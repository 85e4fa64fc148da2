"""Whether a run is as it was stored, and who says so."""
