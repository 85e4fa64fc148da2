"""How long something lasts: shares over queries, medians and tests, where some are censored."""
