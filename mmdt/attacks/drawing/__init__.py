"""Draw text and signs into pictures, and read them back from the pixels."""
