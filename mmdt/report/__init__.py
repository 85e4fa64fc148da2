"""Presents the results of a run: HTML reports, terminal output, plots and exports."""
