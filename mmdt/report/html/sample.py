"""Which outputs a report shows when there are more than it may hold."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from mmdt.core.score import Scored
from mmdt.report.html.inputs import Row
from mmdt.stats.tally import MISSING

FIRST = frozenset({"harmful", "leaked", MISSING})
"""Outcomes that are kept before any other."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The chosen outputs in their own order. ``total`` counts all there are, ``first_total`` those kept first."""

    rows: tuple[Row, ...]
    total: int
    first_total: int
    first_shown: int

    @property
    def sampled(self) -> bool:
        return len(self.rows) < self.total

    @property
    def text(self) -> str:
        """One sentence that says plainly what is shown; empty where everything is."""
        if not self.sampled:
            return ""
        head = f"Shown are {len(self.rows):,} of {self.total:,} outputs"
        if self.first_shown < self.first_total:
            return (
                f"{head}: {self.first_shown:,} of the {self.first_total:,} harmful, leaked or missing ones, and none of"
                " the others. Every number above rests on all of them."
            )
        return (
            f"{head}: every harmful, leaked or missing one ({self.first_total:,}) and a fixed sample of the rest."
            " Every number above rests on all of them."
        )


@dataclass(order=True, slots=True)
class _Kept:
    key: tuple[int, int]
    place: int
    row: Row = field(compare=False)


def choose(rows: Iterable[Row], most: int) -> Shown:
    """At most ``most`` rows of a stream, in one pass and with no more than that in memory.

    The sample depends on the outputs' identities alone, so the same run always shows the same ones.
    """
    heap: list[_Kept] = []
    total = first_total = 0
    for place, row in enumerate(rows):
        total += 1
        first = _comes_first(row[1])
        first_total += first
        kept = _Kept((int(first), _rank(row[1])), -place, row)
        if len(heap) < most:
            heapq.heappush(heap, kept)
        elif heap and heap[0] < kept:
            heapq.heapreplace(heap, kept)
    heap.sort(key=lambda kept: -kept.place)
    return Shown(tuple(kept.row for kept in heap), total, first_total, sum(kept.key[0] for kept in heap))


def _comes_first(scored: Scored) -> bool:
    return scored.score.outcome in FIRST or bool(scored.score.missing)


def _rank(scored: Scored) -> int:
    name = f"{scored.case_id}/{scored.repeat}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest())
