"""Plots as geometry: axes, scales, marks and labels that do not overlap."""
