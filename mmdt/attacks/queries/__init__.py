"""Attacks that change the pixels of a picture by asking for scores or decisions alone, without gradients."""
