"""One model behind limits, retries and a budget."""
