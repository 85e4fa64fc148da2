"""Yes/no questions about images."""
