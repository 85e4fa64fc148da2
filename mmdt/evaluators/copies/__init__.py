"""Near copies of a picture: hashes, copied parts, and how often each method errs."""
