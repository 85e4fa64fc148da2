"""A run's progress and scorecard on a terminal."""
