"""Open text-to-image pipelines on this machine, through diffusers."""
