"""Text from outside, made safe to write: no keys, no control characters."""
