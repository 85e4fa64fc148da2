"""Performance of mmdt as ratios against a baseline measured in the same run."""
