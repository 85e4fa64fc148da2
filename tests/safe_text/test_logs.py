"""What a library writes to a log or says in a warning holds no key and moves no cursor."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest

from mmdt.safe_text.logs import RedactingFilter, guard_logs
from mmdt.safe_text.redaction import know
from tests.servers.cli import ROOT

KEY = "sk-planted-log-0123456789abcdef"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What a handler of a user's own, on the root, writes."""
    before, formatter = logging.getLogRecordFactory(), warnings.formatwarning
    know(KEY)
    guard_logs()
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    logging.getLogger().addHandler(handler)
    yield written
    logging.getLogger().removeHandler(handler)
    logging.setLogRecordFactory(before)
    warnings.formatwarning = formatter


def test_a_key_in_any_part_of_a_record_is_replaced(log: io.StringIO) -> None:
    library = logging.getLogger("some.library.of.theirs")
    library.warning("sent %s with %r", {"Authorization": f"Bearer {KEY}"}, KEY)
    library.warning(f"got {KEY}\x1b[2J")
    try:
        raise ValueError(f"bad header {KEY}")
    except ValueError:
        library.exception("it failed")
    library.warning("wrong %d", KEY)
    written = log.getvalue()
    assert KEY not in written and "\x1b" not in written
    assert written.count("[key]") == 5 and "ValueError: bad header [key]" in written and "\\x1b[2J" in written


def test_an_ordinary_record_is_as_it_was(log: io.StringIO) -> None:
    guard_logs()  # a second time
    logging.getLogger("x").warning("%d of %s", 3, "them")
    assert log.getvalue() == "3 of them\n"


def test_a_filter_cleans_what_another_factory_made() -> None:
    know(KEY)
    record = logging.LogRecord("x", logging.INFO, "f", 1, "the key is %s", (KEY,), None)
    assert RedactingFilter().filter(record)
    assert record.getMessage() == "the key is [key]"


def test_a_warning_quotes_no_key(log: io.StringIO) -> None:
    assert KEY not in warnings.formatwarning(UserWarning(f"odd value {KEY}"), UserWarning, "f", 1)
    assert "[key]" in warnings.formatwarning(UserWarning(f"odd value {KEY}"), UserWarning, "f", 1)


@pytest.mark.parametrize("where", ["main", "thread"])
def test_an_error_that_nobody_catches_shows_no_key(where: str) -> None:
    """In a process of its own, as its last words."""
    body = f"raise ValueError('bad reply {KEY} ' + chr(27))"
    code = f"from mmdt.safe_text import logs, redaction\nredaction.know({KEY!r})\nlogs.guard_tracebacks()\n"
    code += body if where == "main" else f"import threading\nthreading.Thread(target=lambda: exec({body!r})).start()"
    ended = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True)
    said = ended.stderr.rpartition("ValueError: ")[2]
    assert said == "bad reply [key] \\x1b\n"
