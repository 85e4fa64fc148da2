"""Documents for privacy cases: drawn badges, envelopes and screens with data of invented people."""
