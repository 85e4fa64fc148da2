"""Rows of published data: typed, checked access by column, with errors that say where."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.image import Image
from mmdt.data.image_values import as_images
from mmdt.data.literal import parse_literal, plain
from mmdt.errors import DataError

CURE = "correct the row, or leave such rows out with --skip-bad"


@dataclass(frozen=True, slots=True)
class Place:
    """Where rows come from: a dataset (a hub name or a folder), a configuration and a split."""

    dataset: str
    config: str
    split: str

    def __str__(self) -> str:
        return f"{self.dataset} {self.config}/{self.split}"


class DataRow:
    """A row of a table (see ``mmdt.core.scenario.Row``). Rows are numbered from 0, as the hub's viewer does."""

    __slots__ = ("_values", "index", "place")

    def __init__(self, values: Mapping[str, Any], place: Place, index: int) -> None:
        self._values = values
        self.place = place
        self.index = index

    def has(self, column: str) -> bool:
        """Whether the column is there and not empty (None, NaN, blank text, an empty list or dict)."""
        value = self._values.get(column)
        if isinstance(value, str):
            return bool(value.strip())
        if isinstance(value, float):
            return not math.isnan(value)
        return value is not None and (not isinstance(value, list | dict | tuple) or len(value) > 0)

    def raw(self, column: str) -> Any:
        """The value as it is stored."""
        if column not in self._values:
            known = ", ".join(repr(name) for name in self._values)
            raise DataError("the column is missing", where=self._where(column), hint=f"the columns are {known}")
        return self._values[column]

    def text(self, column: str) -> str:
        """Text with something in it."""
        value = self.raw(column)
        if not isinstance(value, str):
            raise self.error(column, f"expected text, got {_kind(value)}")
        if not value.strip():
            raise self.error(column, "the text is empty")
        return value

    def number(self, column: str) -> float:
        """A finite number, or text that reads as one."""
        value = self.raw(column)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.error(column, f"expected a number, got {value[:40]!r}") from None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(column, f"expected a number, got {_kind(value)}")
        return float(value)

    def literal(self, column: str) -> Any:
        """A list, dict or plain value, stored as such or as a Python literal in text. Never evaluated."""
        value = self.raw(column)
        try:
            return parse_literal(value) if isinstance(value, str) else plain(value)
        except ValueError as error:
            raise self.error(column, str(error)) from error

    def image(self, column: str) -> Image:
        """The one picture in the column."""
        images = self.images(column)
        if len(images) != 1:
            raise self.error(column, f"expected one image, got {len(images)}")
        return images[0]

    def images(self, column: str) -> tuple[Image, ...]:
        """Every picture in the column (one, or a list)."""
        return as_images(self.raw(column), self._where(column))

    def with_values(self, values: Mapping[str, Any]) -> DataRow:
        """The row with these values in the place of its own."""
        return DataRow({**self._values, **values}, self.place, self.index)

    def error(self, column: str, what: str) -> DataError:
        """About the row as a whole where no column is named."""
        return DataError(what, where=self._where(column), hint=CURE)

    def _where(self, column: str) -> str:
        return f"{self.place}, row {self.index}" + (f", column {column!r}" if column else "")


class JoinedRow(DataRow):
    """Rows that belong together, read as one: the first row's values, the images of all."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[DataRow]) -> None:
        first = rows[0]
        super().__init__(first._values, first.place, first.index)
        self._rows = rows

    def images(self, column: str) -> tuple[Image, ...]:
        return tuple(image for row in self._rows for image in as_images(row.raw(column), row._where(column)))


def join_rows(rows: Iterable[DataRow], key: Callable[[DataRow], str], size: int = 4) -> Iterator[DataRow]:
    """Rows under one key as one row, wherever they are in the split; a row with an empty key stays alone.

    A group is given out when it has ``size`` rows, in the order of their ids; what is not complete comes last.
    """
    waiting: dict[str, list[DataRow]] = {}
    for row in rows:
        name = key(row)
        if not name:
            yield row
            continue
        group = waiting.setdefault(name, [])
        group.append(row)
        if len(group) == size:
            yield JoinedRow(sorted(waiting.pop(name), key=_place_in_group))
    for group in waiting.values():
        yield JoinedRow(sorted(group, key=_place_in_group))


def _place_in_group(row: DataRow) -> tuple[int, int]:
    """By the number at the end of the id (``index_9_4`` is the fourth), else by the place in the split."""
    found = re.search(r"(\d+)\s*$", str(row.raw("id"))) if row.has("id") else None
    return int(found[1]) if found else 0, row.index


def _kind(value: Any) -> str:
    return "nothing" if value is None else f"a {type(value).__name__}"
