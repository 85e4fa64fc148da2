"""Open vision-language models on this machine, through transformers."""
