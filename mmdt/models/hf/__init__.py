"""Open vision-language models run locally with transformers."""
