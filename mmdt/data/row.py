"""Rows of published data: typed and checked access by column, with errors that name the place."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.image import Image
from mmdt.data.image_values import NamedFiles, as_images
from mmdt.data.kinds import kind_of
from mmdt.data.literal import parse_literal, to_json_value
from mmdt.errors import DataError
from mmdt.spelling import option


@dataclass(frozen=True, slots=True)
class SplitAddress:
    """Where rows come from: a dataset (a hub name or a folder), a configuration and a split."""

    dataset: str
    config: str
    split: str

    def __str__(self) -> str:
        return f"{self.dataset} {self.config}/{self.split}"


class DataRow:
    """A row of a table (see ``mmdt.core.scenario.Row``). Rows are numbered from 0, as in the hub's viewer."""

    __slots__ = ("_pictures", "_values", "index", "place")

    def __init__(
        self, values: Mapping[str, Any], place: SplitAddress, index: int, pictures: NamedFiles | None = None
    ) -> None:
        self._values = values
        self.place = place
        self.index = index
        self._pictures = pictures  # where pictures are that the row names and does not hold

    def has(self, column: str) -> bool:
        """Whether the column exists and is not empty (None, NaN, blank text, an empty list or dict)."""
        value = self._values.get(column)
        if isinstance(value, str):
            return bool(value.strip())
        if isinstance(value, float):
            return not math.isnan(value)
        return value is not None and (not isinstance(value, list | dict | tuple) or len(value) > 0)

    def raw(self, column: str) -> Any:
        """The value as stored. Raises DataError when the column is missing."""
        if column not in self._values:
            known = ", ".join(repr(name) for name in self._values)
            raise DataError("the column is missing", where=self._where(column), hint=f"the columns are {known}")
        return self._values[column]

    def get(self, column: str, default: Any = None) -> Any:
        """The value as stored, or ``default`` where the column is absent."""
        return self._values.get(column, default)

    def text(self, column: str) -> str:
        """Non-empty text. Raises DataError for anything else, as all typed access does."""
        value = self.raw(column)
        if not isinstance(value, str):
            raise self.error(column, f"expected text, got {kind_of(value)}")
        if not value.strip():
            raise self.error(column, "the text is empty")
        return value

    def number(self, column: str) -> float:
        """A finite number, also when it is written as text."""
        value = self.raw(column)
        if isinstance(value, str):
            try:
                value = float(value)
            except ValueError:
                raise self.error(column, f"expected a number, got {value[:40]!r}") from None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.error(column, f"expected a number, got {kind_of(value)}")
        return float(value)

    def literal(self, column: str) -> Any:
        """A list, dict or plain value, stored as such or as a Python literal in text. It is never evaluated."""
        value = self.raw(column)
        try:
            return parse_literal(value) if isinstance(value, str) else to_json_value(value)
        except ValueError as error:
            raise self.error(column, str(error)) from error

    def image(self, column: str) -> Image:
        """The only picture in the column."""
        images = self.images(column)
        if len(images) != 1:
            raise self.error(column, f"expected one image, got {len(images)}")
        return images[0]

    def images(self, column: str) -> tuple[Image, ...]:
        """All pictures in the column (one, or a list)."""
        return as_images(self.raw(column), self._where(column), self._pictures)

    def with_values(self, values: Mapping[str, Any]) -> DataRow:
        """The row with these values in the place of its own."""
        return DataRow({**self._values, **values}, self.place, self.index, self._pictures)

    def error(self, column: str, what: str) -> DataError:
        """An error about a column, or about the whole row if ``column`` is empty."""
        return DataError(
            what, where=self._where(column), hint=f"correct the row, or skip bad rows with {option('skip_bad', True)}"
        )

    def _where(self, column: str) -> str:
        return f"{self.place}, row {self.index}" + (f", column {column!r}" if column else "")


class JoinedRow(DataRow):
    """Several rows read as one: the values of the first row and the images of all."""

    __slots__ = ("_rows",)

    def __init__(self, rows: Sequence[DataRow]) -> None:
        first = rows[0]
        super().__init__(first._values, first.place, first.index, first._pictures)
        self._rows = rows

    def images(self, column: str) -> tuple[Image, ...]:
        return tuple(image for row in self._rows for image in row.images(column))


def join_rows(rows: Iterable[DataRow], key: Callable[[DataRow], str], size: int = 4) -> Iterator[DataRow]:
    """Join rows with the same key into one, wherever they are in the split. Rows with an empty key stay single.

    A group is complete with ``size`` rows, in the order of their ids; incomplete groups come last.
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
