"""Calibrates the near-copy decisions: how often are different pictures taken for copies, and how many copies are found?

    python -m bench.copies [--pairs 150] [--root /] [--write]

prints the table, and with ``--write`` replaces ``mmdt/evaluators/copies/calibration.toml``. It measures no speed,
so ``python -m bench`` runs it only when it is named.
"""
