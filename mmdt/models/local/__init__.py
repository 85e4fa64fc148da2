"""What all runtimes on this machine share: checkpoints, devices, weights."""
