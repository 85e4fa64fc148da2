"""The scorecard and the progress of a run on a terminal."""
