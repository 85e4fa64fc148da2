"""Whether a reply in words declines."""
