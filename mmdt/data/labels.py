"""Labels that rows may be without: a CSV table beside the data, or the one that ``MMDT_LABELS`` names."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Protocol

from mmdt.core.scenario import Labels
from mmdt.data.row import DataRow
from mmdt.errors import DataError

VARIABLE = "MMDT_LABELS"
MAX_BYTES = 16_000_000
FILES = ("label_sum.csv", "places.csv", "street_view_labels.csv")
"""The names under which such a table is looked for."""


class Searched(Protocol):
    """A dataset whose files can be looked for by name."""

    def find(self, file_names: Iterable[str]) -> Path | None: ...


def find_labels(dataset: Searched, repo: str, labels: Labels, folder: Path | None = None) -> Path:
    """The table that the user names, one in the dataset itself, or one in the ``folder`` beside it.

    Raises DataError where there is none.
    """
    named = os.environ.get(VARIABLE, "")
    if named:
        path = Path(named).expanduser()
        if path.is_file():
            return path
        raise DataError(f"no file {named!r}", where=VARIABLE, hint=f"name a CSV file: {_hint(labels)}")
    found = dataset.find(labels.files)
    beside = [folder / name for name in labels.files] if folder is not None else []
    found = found or next((path for path in beside if path.is_file()), None)
    if found is not None:
        return found
    what = "the rows have no labels, and there is no table that has them"
    raise DataError(
        what, where=repo, hint=f"put {labels.files[0]} into a local copy or name one in {VARIABLE}: {_hint(labels)}"
    )


def read_labels(path: Path, labels: Labels) -> Mapping[str, Mapping[str, str]]:
    """Number -> the labels under the names that rows have. Raises DataError for a table without these columns."""
    if path.stat().st_size > MAX_BYTES:
        raise DataError(
            "the table of labels is too large", where=str(path), hint=f"at most {MAX_BYTES:,} bytes are read"
        )
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file)
            names = {name.strip().lower(): name for name in reader.fieldnames or ()}
            key = _column(names, labels.key_columns, path, labels)
            columns = {column: _column(names, known, path, labels) for column, known in labels.columns.items()}
            return {
                _number(row[key]): {column: (row[name] or "").strip() for column, name in columns.items()}
                for row in reader
                if row[key]
            }
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"this is not a CSV table: {error}", where=str(path), hint=_hint(labels)) from error


def found_label(
    row: DataRow, labels: Labels, table: Mapping[str, Mapping[str, str]], lacking: Iterable[str]
) -> Mapping[str, str]:
    """The labels that a row lacks; none where the table does not list its number: the row then says what it lacks."""
    found = table.get(labels.key(row), {})
    return {column: found[column] for column in lacking if found.get(column)}


def _number(text: str) -> str:
    """``9`` of ``9``, ``9.0``, ``index_9`` and ``index_9_4``."""
    found = re.search(r"\d+", text)
    return str(int(found[0])) if found else text.strip()


def _column(names: Mapping[str, str], known: Iterable[str], path: Path, labels: Labels) -> str:
    for name in known:
        if name in names:
            return names[name]
    raise DataError(f"the table has no column {next(iter(known))!r}", where=str(path), hint=_hint(labels))


def _hint(labels: Labels) -> str:
    return f"its columns are {', '.join([labels.key_columns[0], *labels.columns])}"
