"""Text and signs drawn into pictures, and read back from the pixels."""
