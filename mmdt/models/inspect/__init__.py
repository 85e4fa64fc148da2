"""Models of any provider that the inspect_ai library supports."""
