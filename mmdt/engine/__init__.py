"""The engine: sends requests to models, stores the answers and recovers from failures."""
