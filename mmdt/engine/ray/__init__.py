"""Models and evaluators at work on the machines of a Ray cluster; the driver stays with the store."""
