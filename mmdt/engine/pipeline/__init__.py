"""The pipeline of a run: cases are loaded, asked and observed, and somebody watches."""
