"""Exit codes, the same for every verb (documented in docs/cli.md)."""

from enum import IntEnum


class ExitCode(IntEnum):
    COMPLETE = 0  # good, or a check that passed
    FAILED = 1  # could not: an error at run time, such as a store or endpoint failure; a check that failed
    USAGE = 2  # the command line, the settings or the data are invalid
    INCOMPLETE = 3  # the run ended with missing results; a check that cannot decide
    BUDGET = 4  # stopped by --max-cost or --max-requests
    AWAITING = 5  # the provider is still processing batches
    GATE = 6  # the run does not meet what the gate demands
    INTERRUPTED = 130  # Ctrl-C
