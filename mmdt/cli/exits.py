"""Exit codes, the same for every verb (documented in docs/cli.md)."""

from enum import IntEnum


class ExitCode(IntEnum):
    COMPLETE = 0
    FAILED = 1  # an error at run time, such as a store or endpoint failure
    USAGE = 2  # the command line, the settings or the data are invalid
    INCOMPLETE = 3  # the run ended with missing results
    BUDGET = 4  # stopped by --max-cost or --max-requests
    AWAITING = 5  # the provider is still processing batches
    INTERRUPTED = 130  # Ctrl-C
