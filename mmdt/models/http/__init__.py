"""Code shared by all runtimes over HTTP: keys, URLs, pictures, errors, batches."""
