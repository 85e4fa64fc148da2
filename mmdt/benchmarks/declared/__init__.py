"""The benchmarks that come with mmdt: ``<name>.toml``."""
