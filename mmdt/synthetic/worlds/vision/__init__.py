"""Vision: recognises what is in a picture of a world from its pixels alone."""
