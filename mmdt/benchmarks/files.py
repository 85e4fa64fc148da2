"""The files of a benchmark: which of them hold rows, and the rows in them."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from mmdt.data import parquet
from mmdt.data.json_rows import MAX_FILE, json_rows
from mmdt.errors import DataError

MAX_FIELD = 64 << 20
_TOKEN = re.compile(r"\*\*/|\*|\{([a-z_]+)\}")
HINT = "get the file again, in the layout of the original"


def matching(names: Iterable[str], patterns: Sequence[str]) -> Sequence[tuple[str, Mapping[str, str]]]:
    """The names that fit the first pattern which any of them fits, in order, with what its names caught."""
    listed = sorted(names)
    for pattern in patterns:
        fits = _pattern(pattern)
        found = [(name, match.groupdict()) for name in listed if (match := fits.fullmatch(name))]
        if found:
            return found
    return []


@cache
def _pattern(text: str) -> re.Pattern[str]:
    """``*`` is text within one part, ``**/`` any folders, ``{name}`` text of one part that is caught."""
    made, end, caught = "", 0, set[str]()
    for token in _TOKEN.finditer(text):
        made += re.escape(text[end : token.start()])
        if token[1]:
            made += f"(?P={token[1]})" if token[1] in caught else f"(?P<{token[1]}>[^/]+?)"
            caught.add(token[1])
        else:
            made += "(?:.*/)?" if token[0] == "**/" else "[^/]*"
        end = token.end()
    return re.compile(made + re.escape(text[end:]))


def rows_of(path: Path, at: str, keyed: bool) -> Iterator[dict[str, Any]]:
    """The rows of a file, by its kind. Raises DataError on a damaged file."""
    suffix = path.suffix.lower()
    if suffix == ".parquet":
        yield from parquet.stream_rows([path])
    elif suffix in (".csv", ".tsv"):
        yield from _table(path, "\t" if suffix == ".tsv" else ",")
    elif suffix == ".txt":
        yield from ({"_line": line} for line in lines_of(path))
    elif at or keyed:
        yield from _inside(path, at, keyed)
    elif suffix in (".json", ".jsonl"):
        yield from json_rows(path)
    else:
        hint = "parquet, csv, tsv, json, jsonl and txt are read"
        raise DataError("files of this kind are not read", where=str(path), hint=hint)


def whole(path: Path) -> Any:
    """The JSON value of a file, or the lines of a text file."""
    return lines_of(path) if path.suffix.lower() == ".txt" else _json(path)


def lines_of(path: Path) -> list[str]:
    """The lines of a text file that hold something."""
    return [line.strip() for line in _text(path).splitlines() if line.strip()]


def folder_of(name: str) -> PurePosixPath:
    """The folder of a file in the dataset."""
    return PurePosixPath(name).parent


def _table(path: Path, mark: str) -> Iterator[dict[str, Any]]:
    csv.field_size_limit(MAX_FIELD)
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file, delimiter=mark):
                row.pop(None, None)
                yield dict(row)
    except (OSError, csv.Error, UnicodeDecodeError) as error:
        raise DataError(f"the table cannot be read: {error}", where=str(path), hint=HINT) from error


def _inside(path: Path, at: str, keyed: bool) -> Iterator[dict[str, Any]]:
    found = _json(path)
    for part in at.split(".") if at else ():
        if not isinstance(found, dict) or part not in found:
            known = ", ".join(map(str, found)) if isinstance(found, dict) else "none"
            raise DataError(f"there is no entry {at!r}", where=str(path), hint=f"the entries are {known[:200]}")
        found = found[part]
    if keyed:
        if not isinstance(found, dict):
            raise DataError("expected a dictionary of rows", where=str(path), hint=HINT)
        found = [{"_key": key, **_row(row, path, key)} for key, row in found.items()]
    if not isinstance(found, list):
        raise DataError("expected a list of rows", where=str(path), hint=HINT)
    yield from (_row(row, path, str(number)) for number, row in enumerate(found))


def _row(value: Any, path: Path, place: str) -> dict[str, Any]:
    if isinstance(value, str):
        return {"_item": value}
    if not isinstance(value, dict):
        raise DataError(f"expected an object, got a {type(value).__name__}", where=f"{path}, row {place}", hint=HINT)
    return value


def _json(path: Path) -> Any:
    if path.stat().st_size > MAX_FILE:
        raise DataError(f"the file has more than {MAX_FILE:,} bytes", where=str(path), hint="use a smaller copy")
    try:
        return msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (OSError, msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise DataError(f"this is not JSON: {error}", where=str(path), hint=HINT) from error


def _text(path: Path) -> str:
    if path.stat().st_size > MAX_FILE:
        raise DataError(f"the file has more than {MAX_FILE:,} bytes", where=str(path), hint="use a smaller copy")
    try:
        return path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the text cannot be read: {error}", where=str(path), hint=HINT) from error
