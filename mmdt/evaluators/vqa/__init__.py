"""Yes/no questions about pictures."""
