"""Several judges of one output, and how their votes become one verdict."""
