"""Lines of vectors, read from JSON Lines files: a cell, a row, what was observed, and the published number."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from mmdt.data.unique_keys import check_unique
from mmdt.errors import DataError, UsageError

MAX_LINE = 4_000_000
"""Bytes of one line."""
HINT = 'write {"cell": "perspective/modality/scenario/task", "row": {...}, "observed": {...}, "published": 1} a line'


class Vector(msgspec.Struct, frozen=True):
    """One recorded output, or several, with the number that the authors' functions give.

    ``row`` is the published row, a list of rows, or nothing where ``observed`` holds numbers that are put together.
    ``defect``: the number is decided by a defect of the authors' code.
    """

    cell: str
    observed: dict[str, Any]
    published: Any
    row: Any = None
    note: str = ""
    defect: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A vector and where it is written."""

    vector: Vector
    where: str


def read_lines(folder: Path) -> Iterator[Line]:
    """The vectors of every ``*.jsonl`` file of a folder, or of one file.

    Raises UsageError where there is no such folder or no such file in it, DataError for a line that is not a vector.
    """
    for path in vector_files(folder):
        with path.open("rb") as file:
            for number, text in enumerate(file, 1):
                if text.strip():
                    yield Line(_vector(text, f"{path}, line {number}"), f"{path.name}:{number}")


def vector_files(folder: Path) -> list[Path]:
    if folder.is_file():
        return [folder]
    if not folder.is_dir():
        raise UsageError(f"no folder {str(folder)!r}", hint="give a folder of .jsonl files")
    found = sorted(path for path in folder.glob("*.jsonl") if path.is_file())
    if not found:
        raise UsageError(f"no .jsonl file in {str(folder)!r}", hint=HINT)
    return found


def _vector(text: bytes, where: str) -> Vector:
    if len(text) > MAX_LINE:
        raise DataError(f"the line has {len(text):,} bytes, at most {MAX_LINE:,} are read", where=where, hint=HINT)
    try:
        values: Mapping[str, Any] = msgspec.json.decode(text, type=dict[str, Any])
        if "published" not in values:
            raise DataError("the line has no 'published'", where=where, hint=HINT)
        check_unique(text)
        return msgspec.convert(values, Vector)
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        raise DataError(f"this is not a vector: {error}", where=where, hint=HINT) from error
