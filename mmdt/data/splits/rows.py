"""Rows to attack: a user's cases, or behaviours (JSONL, JSON, CSV, parquet; the columns of HarmBench among them)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from mmdt.core.behaviour import Behaviour
from mmdt.core.case import Case
from mmdt.data.behaviours import HEADS, behaviour_of
from mmdt.data.files import FileSource
from mmdt.data.records import ADDRESS, data_files, read_records
from mmdt.errors import DataError

KEY = ("cell", *ADDRESS, *HEADS)


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
