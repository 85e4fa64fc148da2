"""Scored outputs as columns: what metrics read of them, as arrays that are made once.

A run has hundreds of metrics over the same outputs. Each would go through them one by one, several times: for a million
outputs, minutes. So what they read (a component of the scores, the clusters, the weights) is an array of the table, and
tables of some of its outputs take theirs from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Sequence
from itertools import compress
from typing import Any, TypeVar, overload

import numpy as np
from numpy.typing import NDArray

from mmdt.core.score import MISSING, UNCLEAR, Score, Scored
from mmdt.stats.intervals.clusters import codes, in_order
from mmdt.stats.intervals.wilson import Floats

Kept = TypeVar("Kept")
Flags = NDArray[np.bool_]
Codes = NDArray[np.intp]


class Table(Sequence[Scored]):
    """Scored outputs and their columns. It is a sequence of them, for metrics that read them one by one.

    ``whole`` and ``where``: the table that it is a part of, and which of its outputs these are (a slice or flags).
    """

    __slots__ = ("_kept", "_length", "_rows", "_where", "_whole")

    def __init__(
        self, rows: Sequence[Scored] | None, whole: Table | None = None, where: slice | Flags | None = None
    ) -> None:
        self._rows = rows
        self._whole = whole
        self._where = where
        self._kept: dict[Hashable, Any] = {}
        if rows is not None:
            self._length = len(rows)
        elif isinstance(where, slice):
            self._length = where.stop - where.start
        elif where is not None:
            self._length = int(np.count_nonzero(where))
        else:
            self._length = 0

    @classmethod
    def of(cls, rows: Sequence[Scored]) -> Table:
        """The rows as a table; a table as it is."""
        return rows if isinstance(rows, Table) else cls(rows)

    @property
    def rows(self) -> Sequence[Scored]:
        if self._rows is None:
            whole = self._whole.rows if self._whole is not None else ()
            where = self._where
            self._rows = whole[where] if isinstance(where, slice) else list(compress(whole, where))  # type: ignore[arg-type]
        return self._rows

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[Scored]:
        return iter(self.rows)

    @overload
    def __getitem__(self, at: int) -> Scored: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[Scored]: ...
    def __getitem__(self, at: int | slice) -> Scored | Sequence[Scored]:
        return self.rows[at]

    def part(self, start: int, stop: int) -> Table:
        """The outputs from one place to another."""
        return Table(None, self, slice(start, stop))

    def where(self, flags: Flags) -> Table:
        """The outputs whose flag is set; the table itself where all are."""
        return self if bool(flags.all()) else Table(None, self, flags)

    def forget(self) -> None:
        """Free the columns; they are made again when they are needed."""
        self._kept.clear()

    def kept(self, key: Hashable, make: Callable[[Table], Kept]) -> Kept:
        """What ``make`` makes of this table, made once for each ``key``."""
        if key not in self._kept:
            self._kept[key] = make(self)
        found: Kept = self._kept[key]
        return found

    def column(self, component: str) -> Floats:
        """A component of each score; NaN where a score does not have it."""

        def read(whole: Table) -> Floats:
            scores, numbers = whole._scores
            found = (score.values.get(component, math.nan) for score in scores)
            return np.fromiter(found, np.float64, len(scores))[numbers]

        return self._column(("component", component), read)

    def has(self, component: str) -> Flags:
        """Which scores have a component."""
        return np.asarray(~np.isnan(self.column(component)))

    @property
    def clusters(self) -> Codes:
        """A number for the cluster of each output, in order of first appearance."""
        return self.kept("clusters", lambda own: own._clusters()[0])

    @property
    def cluster_names(self) -> list[str]:
        """The names of the clusters, by their numbers."""
        return self.kept("names of clusters", lambda own: own._clusters()[1])

    @property
    def tasks(self) -> Codes:
        """A number for the task of each output."""
        return self._column("tasks", lambda own: codes([row.cell.task for row in own.rows]))

    @property
    def weights(self) -> Floats:
        """How many cases each output stands for."""
        return self._column("weights", lambda own: np.fromiter((row.weight for row in own.rows), np.float64, len(own)))

    @property
    def unequal_weights(self) -> Floats | None:
        """The weights; None where all are equal."""
        found = self.weights
        return found if len(found) and bool((found != found[0]).any()) else None

    @property
    def benign(self) -> Flags:
        return self._column("benign", lambda own: np.fromiter((row.benign for row in own.rows), np.bool_, len(own)))

    @property
    def missing(self) -> Flags:
        """Which outputs are missing: nothing is known of them, or the reader could not tell."""

        def read(whole: Table) -> Flags:
            scores, numbers = whole._scores
            found = (each.outcome == MISSING or (each.outcome == UNCLEAR and bool(each.missing)) for each in scores)
            return np.fromiter(found, np.bool_, len(scores))[numbers]

        return self._column("missing", read)

    @property
    def _scores(self) -> tuple[list[Score], Codes]:
        """The different scores, and which of them each output has: those of a kept run are few."""

        def read(own: Table) -> tuple[list[Score], Codes]:
            places: dict[int, int] = {}
            numbers = (places.setdefault(id(row.score), len(places)) for row in own.rows)
            found = np.fromiter(numbers, np.intp, len(own))
            different = {id(row.score): row.score for row in own.rows}
            return [different[each] for each in places], found

        return self.kept("scores", read)

    def _column(self, key: Hashable, read: Callable[[Table], NDArray[Any]]) -> NDArray[Any]:
        if key not in self._kept:
            whole = self._whole
            self._kept[key] = read(self) if whole is None else whole._column(key, read)[self._where]
        found: NDArray[Any] = self._kept[key]
        return found

    def _clusters(self) -> tuple[Codes, list[str]]:
        return self.kept("both of clusters", Table._find_clusters)

    def _find_clusters(self) -> tuple[Codes, list[str]]:
        if self._whole is None:
            names = [row.cluster for row in self.rows]
            return codes(names), list(dict.fromkeys(names))
        theirs = self._whole.clusters[self._where]
        first, own = in_order(theirs)
        names = self._whole.cluster_names
        return own, [names[each] for each in first.tolist()]
