"""Output streams that accept any text: a run that was paid for must not fail because of a terminal's encoding."""

from __future__ import annotations

import codecs
import io
import json
import math
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

ESCAPED = "mmdt.escaped"


def escape(error: UnicodeError) -> tuple[str, int]:
    """Encoding error handler: JSON escapes, which are readable in text and keep JSON valid."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def accept_any_text() -> None:
    """Make stdout and stderr accept text outside their encoding (``LC_ALL=C``, a legacy code page).

    A closed stream (``>&-``) is replaced by the null device.
    """
    codecs.register_error(ESCAPED, escape)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - open until the process ends
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


@contextmanager
def reporting_failure(what: str) -> Iterator[None]:
    """Report a failure to print ``what`` (a full disk, a closed pipe) instead of raising it.

    The verb then still finishes and returns its exit code. A closed pipe is not reported.
    """
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:  # otherwise flushing the buffer fails again at exit
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            click.echo(f"mmdt: {what} cannot be printed: {error.strerror}", err=True)


def json_line(value: Any) -> str:
    """One line of JSON that strict readers take: a number that does not exist is null, not NaN."""
    return json.dumps(_known(value), allow_nan=False)


def _known(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _known(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_known(each) for each in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
