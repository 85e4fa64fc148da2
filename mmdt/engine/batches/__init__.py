"""One model asked through its provider's batches: from the request to the answer, over days if need be."""
