"""Any application with an HTTP interface of its own, described in a TOML file."""
