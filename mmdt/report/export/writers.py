"""Writers of rows to Parquet, CSV and JSON Lines files. All of them stream, and none loses a character.

In CSV, lists and JSON values are JSON strings. A spreadsheet may read a string that begins with ``=``, ``+``, ``-``,
``@`` (or their full-width forms), a tab or a line break as a formula, and model output is untrusted. Such strings, and
those that begin with an apostrophe, are therefore prefixed with an apostrophe, which ``without_guard`` removes.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.report.export.rows import ExportColumn, Values

if TYPE_CHECKING:
    import pyarrow

BATCH = 1000
"""Rows held in memory at a time."""
_FORMULA = tuple("=+-@\uff1d\uff0b\uff0d\uff20\t\r\n'")


def write_jsonl(path: Path, columns: Sequence[ExportColumn], rows: Iterable[Values]) -> None:
    """One JSON object per line with all columns; NaN becomes null."""
    names = [column.name for column in columns]
    encode = msgspec.json.Encoder().encode
    with path.open("wb") as file:
        for row in rows:
            file.write(encode({name: row.get(name) for name in names}) + b"\n")


def write_csv(path: Path, columns: Sequence[ExportColumn], rows: Iterable[Values]) -> None:
    """Comma-separated UTF-8 with a header row; strings that look like formulas are guarded."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow([column.name for column in columns])
        for row in rows:
            writer.writerow([_cell(column, row.get(column.name)) for column in columns])


def write_parquet(path: Path, columns: Sequence[ExportColumn], rows: Iterable[Values]) -> None:
    """Parquet with zstd compression; lists remain lists, JSON values become JSON strings."""
    import pyarrow.parquet

    schema = _schema(columns)
    with pyarrow.parquet.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _batches(rows):
            prepared = [{column.name: _flat(column, row.get(column.name)) for column in columns} for row in batch]
            writer.write_table(pyarrow.Table.from_pylist(prepared, schema=schema))


def guarded(text: str) -> str:
    """The text in a form that no spreadsheet reads as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def without_guard(text: str) -> str:
    """Undo ``guarded``."""
    return text.removeprefix("'")


def _cell(column: ExportColumn, value: Any) -> Any:
    flat = as_json(value) if column.kind == "texts" else _flat(column, value)
    if isinstance(flat, str):
        return guarded(flat)
    if isinstance(flat, float) and math.isnan(flat):
        return ""
    return flat


def _flat(column: ExportColumn, value: Any) -> Any:
    """The value in a form that a flat table can hold; None if absent."""
    if column.kind == "json":
        return as_json(value if value is not None else {})
    if column.kind == "text":
        return "" if value is None else str(value)
    if column.kind == "texts":
        return list(value or ())
    return value


def as_json(value: Any) -> str:
    return msgspec.json.encode(value if value is not None else []).decode()


def _schema(columns: Sequence[ExportColumn]) -> pyarrow.Schema:
    import pyarrow

    types = {
        "text": pyarrow.string(),
        "json": pyarrow.string(),
        "texts": pyarrow.list_(pyarrow.string()),
        "integer": pyarrow.int64(),
        "number": pyarrow.float64(),
        "flag": pyarrow.bool_(),
    }
    return pyarrow.schema([(column.name, types[column.kind]) for column in columns])


def _batches(rows: Iterable[Values]) -> Iterator[list[Values]]:
    rest = iter(rows)
    while batch := list(islice(rest, BATCH)):
        yield batch
