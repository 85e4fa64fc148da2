"""Exports runs as rows to files and DataFrames."""
