"""Models and evaluators on a Ray cluster. Only the driver writes to the store."""
