"""Gates: rules that a run must meet, decided beyond noise."""
