"""Open models on vLLM, through its offline engine or a server."""
