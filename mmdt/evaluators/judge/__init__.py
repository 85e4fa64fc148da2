"""Chat models as judges, with their prompts and answer formats."""
