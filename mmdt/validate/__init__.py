"""Is the instrument sound? Checks of evaluators, of the intervals, and of this machine."""
