"""Calibrates near-copy detection: how often are different pictures called copies, and how many copies are found?

    python -m bench.copies [--pairs 150] [--root /] [--write]

prints the table and, with ``--write``, replaces ``mmdt/evaluators/copies/calibration.toml``. It does not measure speed,
so ``python -m bench`` runs it only if it is named.
"""
