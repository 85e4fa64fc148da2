"""A file with labels: JSON lines, or CSV with a header."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdt.data.unique_keys import check_unique
from mmdt.errors import DataError

MAX_BYTES = 200_000_000


@dataclass(frozen=True, slots=True)
class Row:
    """One labelled thing. ``number`` counts from 1; ``where`` names the line for messages."""

    number: int
    where: str
    fields: dict[str, Any]

    def text(self, *names: str, default: str | None = None) -> str:
        """The first of these columns that is there. Raises DataError where none is and there is no default."""
        for name in names:
            if self.fields.get(name) not in (None, ""):
                return str(self.fields[name])
        if default is None:
            hint = f"the columns are {', '.join(map(str, self.fields))}"
            raise DataError(f"there is no {' or '.join(names)}", where=self.where, hint=hint)
        return default


def read_rows(file: Path) -> list[Row]:
    """All rows. Raises DataError on a file that cannot be read, a row that is no record, or no row at all."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise DataError("the file is too large", where=str(file), hint=f"{MAX_BYTES:,} bytes are the most")
        text = file.read_text("utf-8-sig")
    except (OSError, UnicodeError) as error:
        hint = "give a JSONL or CSV file in UTF-8"
        raise DataError(f"the labels cannot be read: {error}", where=str(file), hint=hint) from error
    found = _csv(text) if file.suffix.lower() == ".csv" else _json_lines(text, file)
    rows = [Row(place, f"{file}:{line}", fields) for place, (line, fields) in enumerate(found, 1)]
    if not rows:
        raise DataError("the file has no rows", where=str(file), hint="write one labelled reply a line")
    return rows


def _json_lines(text: str, file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            fields = json.loads(line)
            check_unique(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"not JSON: {error}", where=f"{file}:{number}", hint="one object a line") from error
        if not isinstance(fields, dict):
            raise DataError("not a JSON object", where=f"{file}:{number}", hint='such as {"reply": "...", "label": ""}')
        yield number, fields


def _csv(text: str) -> Iterable[tuple[int, dict[str, Any]]]:
    reader = csv.DictReader(text.splitlines(keepends=True))
    for fields in reader:
        yield reader.line_num, {str(name): value for name, value in fields.items() if name is not None}
