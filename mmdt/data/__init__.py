"""Where cases come from: the published datasets, a user's own files, embedded synthetic data."""
