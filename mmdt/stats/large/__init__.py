"""Large runs: their numbers are computed by several processes."""
