"""Open text-to-image pipelines run locally with diffusers."""
