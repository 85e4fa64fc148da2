"""Evaluators, which observe outputs: judges, detectors, OCR, similarity and others."""
