"""The built-in judge prompts, a file each."""
