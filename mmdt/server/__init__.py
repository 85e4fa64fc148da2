"""Pages that mmdt serves to its own machine: a run's outputs, for people to label."""
