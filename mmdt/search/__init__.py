"""Search: attacks that ask. A method looks for a way past a model's rules within a number of queries."""
