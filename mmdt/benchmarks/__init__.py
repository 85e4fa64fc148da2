"""Named benchmarks of the field, each declared in one TOML file, and those that a user declares the same way."""
