"""Calibrates the near-copy decisions: how often are different pictures taken for copies, and how many copies are found?

    python -m benchmarks.copies [--pairs 150] [--root /] [--write]

prints the table, and with ``--write`` puts it in the place of ``mmdt/evaluators/copy_calibration.toml``. It measures no
speed, so ``python -m benchmarks`` runs it only when it is named.
"""
