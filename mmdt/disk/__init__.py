"""Files as mmdt writes them: for their owner alone, completely or not at all, and on the disk where that matters."""
