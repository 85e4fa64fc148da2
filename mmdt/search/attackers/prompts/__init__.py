"""What an attacker model is told."""
