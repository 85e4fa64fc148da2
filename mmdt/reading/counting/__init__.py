"""How many of each thing a reply says there are."""
