"""Code shared by all runtimes on this machine: checkpoints, devices, weights."""
