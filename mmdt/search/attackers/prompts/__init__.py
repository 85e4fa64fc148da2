"""The instructions of an attacker model."""
