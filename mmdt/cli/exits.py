"""Exit codes, the same for every verb (documented in docs/cli.md)."""

from enum import IntEnum


class Exit(IntEnum):
    COMPLETE = 0
    FAILED = 1  # an error while running: the store, the endpoint
    USAGE = 2  # the command, its settings or its data cannot be carried out
    INCOMPLETE = 3  # the run ended with something missing
    BUDGET = 4  # stopped by --max-cost or --max-requests
    AWAITING = 5  # batches are with the provider
    INTERRUPTED = 130  # Ctrl-C
