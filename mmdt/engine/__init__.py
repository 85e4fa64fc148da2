"""Asks the models, keeps what came back, survives what goes wrong."""
