"""Statistics: from scored outputs to estimates with intervals, comparisons and scorecards."""
