"""Rows of JSON files as datasets on the hub hold them: a list of objects, an object a line, or a dict of columns."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec

from mmdt.data.unique_keys import check_unique
from mmdt.errors import DataError

MAX_FILE = 1 << 30
"""Bytes of a JSON file that is read whole."""
MAX_LINE = 64 << 20
HINT = "write a list of JSON objects, or one object on each line"


def json_rows(path: Path) -> Iterator[dict[str, Any]]:
    """Every row of a ``.json`` or ``.jsonl`` file. Raises DataError for what is not rows of JSON."""
    with path.open("rb") as file:
        first = file.read(4096).lstrip(b"\xef\xbb\xbf").lstrip()[:1]
    if path.suffix == ".json" and first == b"[":
        yield from _whole(path)
        return
    lines = _lines(path)
    try:
        yield from lines
    except _NotLinesError:
        yield from _whole(path)


class _NotLinesError(Exception):
    """The first line is not a whole object: the file is one value over several lines."""


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            where = f"{path}, line {number}"
            if len(line) > MAX_LINE:
                raise DataError(f"the line has more than {MAX_LINE:,} bytes", where=where, hint=HINT)
            try:
                value = msgspec.json.decode(text)
                check_unique(text)
            except (msgspec.DecodeError, ValueError, RecursionError) as error:
                if number == 1 and path.suffix == ".json":
                    raise _NotLinesError from error
                raise DataError(f"this is not JSON: {error}", where=where, hint=HINT) from error
            if number == 1 and path.suffix == ".json" and _is_table(value):
                raise _NotLinesError
            yield _row(value, where)


def _whole(path: Path) -> Iterator[dict[str, Any]]:
    if path.stat().st_size > MAX_FILE:
        hint = "write one object on each line"
        raise DataError(f"the JSON file has more than {MAX_FILE:,} bytes", where=str(path), hint=hint)
    try:
        value = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise DataError(f"this is not JSON: {error}", where=str(path), hint=HINT) from error
    if isinstance(value, dict) and isinstance(value.get("data"), list):
        value = value["data"]
    if _is_table(value):
        names = list(value)
        value = [dict(zip(names, row, strict=True)) for row in zip(*value.values(), strict=False)]
    if not isinstance(value, list):
        value = [value]
    for number, row in enumerate(value):
        yield _row(row, f"{path}, row {number}")


def _is_table(value: Any) -> bool:
    """Whether a dict holds columns: lists of one length, more than one column or row."""
    if not isinstance(value, dict) or not value or not all(isinstance(each, list) for each in value.values()):
        return False
    return len({len(each) for each in value.values()}) == 1


def _row(value: Any, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise DataError(f"expected a JSON object, got a {type(value).__name__}", where=where, hint=HINT)
    return value
