"""Standard output and error that take any text: what was paid for must not end in how it is printed."""

from __future__ import annotations

import codecs
import io
import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

ESCAPED = "mmdt.escaped"


def escape(error: UnicodeError) -> tuple[str, int]:
    """What an encoding lacks, as JSON escapes it: readable in text, and JSON stays JSON."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return json.dumps(error.object[error.start : error.end])[1:-1], error.end


def any_text() -> None:
    """Let both streams take text that their encoding lacks (``LC_ALL=C``, a legacy code page); one that is closed
    (``>&-``) gets a stand-in."""
    codecs.register_error(ESCAPED, escape)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115 - for as long as the process
        elif isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


@contextmanager
def shown(what: str) -> Iterator[None]:
    """Whatever is printed within: where standard output takes it no more (a full disk, a reader that has gone), this is
    said, and the verb goes on to its end and its exit code."""
    try:
        yield
        sys.stdout.flush()
    except OSError as error:
        with Path(os.devnull).open("wb") as nowhere:  # or what is left in the buffer fails again at the very end
            os.dup2(nowhere.fileno(), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            click.echo(f"mmdt: {what} cannot be shown: {error.strerror}", err=True)
