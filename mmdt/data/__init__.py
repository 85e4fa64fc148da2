"""Where cases come from: published datasets, a user's own files, and embedded synthetic data."""
