"""Answers that were made elsewhere, brought in as a run that is scored like any other."""
