"""Drawn badges, envelopes and screens with the data of invented people, for privacy cases."""
