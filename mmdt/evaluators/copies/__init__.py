"""Near copies of an image: by hash, by copied part, and how often each method errs."""
