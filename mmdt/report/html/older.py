"""Marks a report that was written before its run was scored again: its numbers may be others by now."""

from __future__ import annotations

import re
from pathlib import Path

from mmdt.disk.whole import write_whole
from mmdt.engine.errors import disk_error

REPORT = "report.html"
MARK = "data-scored-again"
_BODY = re.compile(rb"<body[^>]*>")


def mark_older_report(folder: Path, at: str) -> bool:
    """Say at the top of the report in a run's folder that the run was scored again, and when (``at``, ISO 8601).

    Returns whether there was a report to mark. Raises StoreError where it cannot be written.
    """
    path = folder / REPORT
    try:
        if path.is_symlink() or not path.is_file():
            return False
        page = path.read_bytes()
        found = _BODY.search(page)
        if found is None:
            return False
        text = f"The run was scored again at {at}, after this report was written: its numbers may be out of date."
        mark = f'<p {MARK} role="note"><strong>{text}</strong></p>'.encode()
        rest = re.sub(rb"^<p " + MARK.encode() + rb"[^>]*><strong>[^<]*</strong></p>", b"", page[found.end() :])
        write_whole(path, page[: found.end()] + mark + rest)
    except OSError as error:
        raise disk_error(error, folder) from error
    return True
