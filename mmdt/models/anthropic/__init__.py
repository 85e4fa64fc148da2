"""Claude models behind Anthropic's API."""
