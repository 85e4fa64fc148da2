"""Runs that stop by their own results: ``until=["width=0.06", "safety/**/HGR<0.1"]``."""
