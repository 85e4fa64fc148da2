"""Rows to attack: a user's cases, or behaviours (JSONL, JSON, CSV, parquet; the columns of HarmBench among them)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mmdt.core.behaviour import Behaviour
from mmdt.core.case import Case
from mmdt.data.files import FileSource
from mmdt.data.records import ADDRESS, Record, data_files, read_records
from mmdt.errors import DataError

TEXT = ("behaviour", "behavior", "goal", "request")
"""Columns that hold a behaviour, the first that is there counts; capitals do not matter."""
CATEGORY = ("category", "semanticcategory", "functionalcategory")
CONTEXT = ("context", "contextstring")
KEY = ("cell", *ADDRESS, *TEXT, *(name.capitalize() for name in TEXT))


def read_rows(path: Path) -> Iterator[Case | Behaviour]:
    """Every row of a file or a folder, in order: a case where it names a cell, else a behaviour.

    Raises DataError for a bad row, and where there is none.
    """
    if not path.exists():
        raise DataError(
            "no data", where=str(path), hint="give a file of cases or of behaviours, or a folder of such files"
        )
    empty = True
    for file in data_files(path):
        first = next(read_records(file, None, KEY), None)
        if first is None:
            continue
        empty = False
        if "cell" in first.values or set(ADDRESS) <= first.values.keys():
            yield from (case for _, case in FileSource(file).records())
        else:
            yield from map(behaviour_of, read_records(file, None, KEY))
    if empty:
        raise DataError("the data has no rows", where=str(path), hint="use data that contains cases or behaviours")


def behaviour_of(record: Record) -> Behaviour:
    """The behaviour of a row. Raises DataError where it has none."""
    columns = {name.strip().lower(): name for name in record.values}
    text = _first(record, columns, TEXT)
    if not text:
        hint = f"name a cell in the column 'cell', or put what is asked for into the column {TEXT[0]!r}"
        raise record.error("", "the row is neither a case nor a behaviour", hint)
    context = _first(record, columns, CONTEXT)
    text = text.strip().rstrip(".") + (f" ({context.strip()})" if context else "")
    try:
        return Behaviour(_first(record, columns, CATEGORY) or "own", text, _first(record, columns, ("thing",)))
    except DataError as error:
        raise record.error(columns.get(TEXT[0], ""), error.what, error.hint) from error


def _first(record: Record, columns: dict[str, str], names: tuple[str, ...]) -> str:
    found = next((columns[name] for name in names if name in columns), "")
    return record.text(found) if found else ""
