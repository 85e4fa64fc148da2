"""Models served by OpenAI's API or any compatible server."""
