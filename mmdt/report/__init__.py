"""Shows what a run found."""
