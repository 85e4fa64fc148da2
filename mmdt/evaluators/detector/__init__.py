"""Object detectors: which objects are in an image, and where."""
