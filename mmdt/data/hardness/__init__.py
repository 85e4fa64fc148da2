"""Hard cases without an attack: what seldom occurs together, and the same request about other people and places."""
