"""Hard cases without an attack: what rarely occurs together, and the same request about other people and places."""
