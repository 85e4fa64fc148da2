"""Any provider of the inspect_ai library."""
