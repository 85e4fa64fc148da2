"""The nouns of mmdt: what every other part of the package speaks about."""
