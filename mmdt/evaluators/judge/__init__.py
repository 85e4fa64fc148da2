"""Chat models as judges, their prompts and their answers."""
