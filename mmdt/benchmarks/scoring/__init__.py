"""How benchmarks are scored: a way of scoring is one module with ``design(part) -> Design``."""
