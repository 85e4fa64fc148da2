"""The store of a run: an SQLite file with a single writer, and artifacts named by content hash."""
