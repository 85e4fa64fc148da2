"""Places: which place a reply names, and where it is."""
