"""Runs as rows in files and DataFrames."""
