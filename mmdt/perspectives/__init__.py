"""The six perspectives, as declarations."""
