"""Claude models served by Anthropic's API."""
