"""Open models on vLLM: its offline engine, or a server of it."""
