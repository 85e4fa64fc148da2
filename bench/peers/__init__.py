"""The same work with other tools, for comparison."""
