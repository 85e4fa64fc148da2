"""Records of a user's own JSONL, CSV or parquet file, streamed, each with its place in the file."""

from __future__ import annotations

import csv
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.case import MAX_PROMPT
from mmdt.data.json_rows import json_rows
from mmdt.data.kinds import kind_of
from mmdt.data.literal import to_json_value
from mmdt.data.parquet import check_names, stream_rows
from mmdt.data.unique_keys import check_unique
from mmdt.errors import DataError

MAX_LINE = 256 * 1024 * 1024
"""Most bytes of one JSONL line or CSV field (it may contain images in base64)."""

METADATA = "croissant.json"
SUFFIXES = (".jsonl", ".json", ".csv", ".parquet")
ADDRESS = ("perspective", "modality", "scenario", "task")
"""The columns that together name a cell, when there is no column ``cell``."""
ONE_OBJECT_PER_LINE = "write one complete JSON object per line, in UTF-8, or remove this line"


@dataclass(frozen=True, slots=True)
class Record:
    """One line or row: its values by column, without empty ones, and its place in the file."""

    values: dict[str, Any]
    where: str

    def error(self, column: str, what: str, hint: str) -> DataError:
        return DataError(what, where=f"{self.where}, column {column!r}" if column else self.where, hint=hint)

    def text(self, column: str, default: str | None = None) -> str:
        """The text in a column, or ``default`` if the column is missing.

        Raises DataError for anything but non-empty text.
        """
        value = self.values.get(column)
        if value is None and default is not None:
            return default
        if not isinstance(value, str) or not value.strip():
            if value is None or isinstance(value, str):
                raise self.error(column, "expected text, got nothing", "fill it in")
            raise self.error(column, f"expected text, got {kind_of(value)}", "write it as text")
        if len(value) > MAX_PROMPT:
            raise self.error(column, f"the text has {len(value):,} characters", f"keep it under {MAX_PROMPT:,}")
        return value


def data_files(path: Path) -> list[Path]:
    """The file itself, or the data files directly in a folder. Raises DataError when there is no such file."""
    found = sorted(each for each in path.iterdir() if is_data(each)) if path.is_dir() else [path]
    if not found or not is_data(found[0]):
        raise DataError("no readable data", where=str(path), hint=f"use files that end in {', '.join(SUFFIXES)}")
    return found


def is_data(path: Path) -> bool:
    """Whether a file has one of the suffixes of data files, and does not describe data (Croissant)."""
    return path.suffix.lower() in SUFFIXES and path.name != METADATA


def read_addresses(path: Path) -> Iterator[Record]:
    """Every readable record of a file; of parquet, only the columns that name the cell."""
    if path.suffix.lower() == ".parquet":
        yield from _parquet(path, None, ("cell", *ADDRESS))
    else:
        yield from read_records(path, lambda _: None)


def read_records(
    path: Path, bad: Callable[[DataError], None] | None, key: Sequence[str] = ("cell", *ADDRESS)
) -> Iterator[Record]:
    """Every record of a file. ``key``: the columns of which the first line of a CSV must name one.

    A bad line raises DataError, unless ``bad`` is given: then it is skipped and ``bad`` gets the error.
    """
    readers: dict[str, Callable[[Path, Callable[[DataError], None] | None], Iterator[Record]]] = {
        ".jsonl": _jsonl,
        ".json": _json,
        ".csv": partial(_csv, key=key),
        ".parquet": _parquet,
    }
    try:
        yield from readers[path.suffix.lower()](path, bad)
    except OSError as error:
        raise DataError(
            f"the file cannot be read: {error.strerror}", where=str(path), hint="check the path and its permissions"
        ) from error


def _jsonl(path: Path, bad: Callable[[DataError], None] | None) -> Iterator[Record]:
    with path.open("rb") as file:
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            where = f"{path}, line {number}"
            if len(line) > MAX_LINE:
                raise DataError(
                    f"the line is longer than {MAX_LINE:,} bytes",
                    where=where,
                    hint="keep images in files",
                )
            line = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not line:
                continue
            try:
                values = msgspec.json.decode(line)
                if not isinstance(values, dict):
                    raise ValueError("expected a JSON object")
                check_unique(line)
            except (msgspec.DecodeError, ValueError, RecursionError) as error:
                problem = DataError(f"the line is not a JSON object: {error}", where=where, hint=ONE_OBJECT_PER_LINE)
                if bad is None:
                    raise problem from error
                bad(problem)
                continue
            yield Record(_filled(values), where)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that are there: null and NaN, which pandas writes for an empty field, are not."""
    return {name: value for name, value in values.items() if value is not None and value == value}


def _json(path: Path, bad: Callable[[DataError], None] | None) -> Iterator[Record]:
    """A ``.json`` file: a list of objects, an object a line, or a dict of columns."""
    for number, values in enumerate(json_rows(path)):
        yield Record(_filled(values), f"{path}, row {number}")


def _csv(path: Path, bad: Callable[[DataError], None] | None, key: Sequence[str]) -> Iterator[Record]:
    csv.field_size_limit(MAX_LINE)  # the library's default limit is too small for images in base64
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        try:
            _check_header(reader.fieldnames or (), f"{path}, line 1", key)
            for values in reader:
                where = f"{path}, line {reader.line_num}"
                if None in values:
                    problem = DataError(
                        "the line has more fields than the header", where=where, hint="put fields with commas in quotes"
                    )
                    if bad is None:
                        raise problem
                    bad(problem)
                    continue
                yield Record({name: value for name, value in values.items() if value}, where)
        except (csv.Error, UnicodeDecodeError) as error:
            raise DataError(
                f"the file is not CSV in UTF-8: {error}",
                where=f"{path}, line {reader.line_num + 1}",
                hint="put fields with commas in quotes, and save the file as UTF-8",
            ) from error


def _check_header(names: Sequence[str], where: str, key: Sequence[str]) -> None:
    check_names(names, where)
    if not names or set(names) & set(key):
        return
    mark = next((mark for mark in (";", "\t") if any(set(key) & set(name.split(mark)) for name in names)), "")
    if mark:
        raise DataError(f"the columns are separated by {mark!r}", where=where, hint="save the file with commas instead")
    hint = "write the names of the columns in the first line (docs/data.md)"
    raise DataError(f"the first line has no column {key[0]!r}", where=where, hint=hint)


def _parquet(
    path: Path, bad: Callable[[DataError], None] | None, columns: Collection[str] | None = None
) -> Iterator[Record]:
    for number, values in enumerate(stream_rows([path], columns)):
        yield Record(_filled(values), f"{path}, row {number}")


def json_object(record: Record, column: str) -> dict[str, Any]:
    """A JSON object, stored as such or as text. Raises DataError for anything else."""
    value = record.values[column]
    hint = 'write a JSON object such as {"label": "cat"}'
    try:
        value = to_json_value(msgspec.json.decode(value) if isinstance(value, str) else value)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise record.error(column, f"this is not JSON: {error}", hint) from error
    if not isinstance(value, dict):
        raise record.error(column, f"expected a JSON object, got {kind_of(value)}", hint)
    return value


def json_value(record: Record, column: str) -> Any:
    """The value of a column. Text that is a JSON list, object or string is read as such; other text stays text, also
    where it begins with a bracket ("[sic] 12")."""
    value = record.values[column]
    if isinstance(value, str) and value[:1] in ("[", "{", '"'):
        with suppress(msgspec.DecodeError, RecursionError):
            value = msgspec.json.decode(value)
    try:
        return to_json_value(value)
    except (ValueError, RecursionError) as error:
        raise record.error(column, f"this is not JSON: {error}", "write JSON, or plain text") from error
