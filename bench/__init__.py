"""Speed and memory of mmdt, as ratios to a baseline measured in the same run."""
