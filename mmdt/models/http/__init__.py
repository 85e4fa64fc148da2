"""What all runtimes over HTTP share: keys, URLs, pictures, errors, batches."""
