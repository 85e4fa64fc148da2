"""Keeps keys and control characters out of logs and warnings, whichever library writes them.

At debug level, aiohttp, httpx2, openai, botocore, urllib3 and Ray log whole requests, headers included. A filter on a
logger does not see what its children log, and a handler that a user adds later has none; so each record is cleaned
when it is made, before any handler sees it.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback
import warnings
from collections.abc import Callable
from types import TracebackType
from typing import Any

from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible


class RedactingFilter(logging.Filter):
    """Takes keys and control characters out of log records, their tracebacks included. It lets every record pass."""

    def filter(self, record: logging.LogRecord) -> bool:
        try:
            message = record.getMessage()
        except Exception:  # a library's mistake in its arguments: logging reports it with them
            record.msg, record.args = clean(f"{record.msg} {record.args!r}"), None
            return True
        cleaned = clean(message)
        if cleaned != message:
            record.msg, record.args = cleaned, None
        if record.exc_info and record.exc_info[0] is not None and not record.exc_text:
            record.exc_text = clean("".join(traceback.format_exception(*record.exc_info)).rstrip("\n"))
        return True


class _Factory:
    """Makes log records as another factory does, and cleans them."""

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make
        self._filter = RedactingFilter()

    def __call__(self, *given: Any, **named: Any) -> logging.LogRecord:
        record = self._make(*given, **named)
        self._filter.filter(record)
        return record


class _Warning:
    """Formats a warning as another function does, and cleans it: libraries quote values in their warnings."""

    def __init__(self, write: Callable[..., str]) -> None:
        self._write = write

    def __call__(self, *given: Any, **named: Any) -> str:
        return clean(self._write(*given, **named))


def clean(text: str) -> str:
    """``text`` without known keys, with control characters shown."""
    return visible(redact(text))


def guard_logs() -> None:
    """Clean every log record and every warning of this process from now on. Calling it again does nothing."""
    factory = logging.getLogRecordFactory()
    if not isinstance(factory, _Factory):
        logging.setLogRecordFactory(_Factory(factory))
    if not isinstance(warnings.formatwarning, _Warning):
        warnings.formatwarning = _Warning(warnings.formatwarning)


def guard_tracebacks() -> None:
    """Clean the traceback of an error that ends this process or one of its threads: it may quote a reply."""
    sys.excepthook = _show
    threading.excepthook = lambda given: _show(given.exc_type, given.exc_value, given.exc_traceback)


def _show(kind: type[BaseException], error: BaseException | None, where: TracebackType | None) -> None:
    if issubclass(kind, SystemExit):
        return
    sys.stderr.write(clean("".join(traceback.format_exception(kind, error, where))))
