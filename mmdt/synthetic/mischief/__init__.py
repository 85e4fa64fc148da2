"""The embedded safety suite: harmless mischief as a stand-in for harm, in both modalities."""
