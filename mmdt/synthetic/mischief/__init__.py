"""The embedded safety suite: stand-ins for harm that are safe to look at, in both modalities."""
