"""The store of a run: one SQLite file with one writer, and artifacts by content hash."""
