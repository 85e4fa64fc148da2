"""Selects the outputs to show when a run has more than a report may contain."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass, field

from mmdt.core.score import MISSING, Scored
from mmdt.report.html.inputs import Row

FIRST = frozenset({"harmful", "leaked", MISSING})
"""Outcomes that are selected before any other."""


@dataclass(frozen=True, slots=True)
class CaseSample:
    """The selected outputs in their original order. ``total``: all outputs; ``first_total``: those selected first."""

    rows: tuple[Row, ...]
    total: int
    first_total: int
    first_shown: int

    @property
    def sampled(self) -> bool:
        return len(self.rows) < self.total

    @property
    def text(self) -> str:
        """A short text that says what is shown; empty if everything is."""
        if not self.sampled:
            return ""
        head = f"This report shows {len(self.rows):,} of {self.total:,} outputs"
        if self.first_shown < self.first_total:
            return (
                f"{head}: {self.first_shown:,} of the {self.first_total:,} harmful, leaked or missing ones, and none of"
                " the others. The numbers above are based on all outputs."
            )
        return (
            f"{head}: all harmful, leaked or missing ones ({self.first_total:,}) and a fixed sample of the rest."
            " The numbers above are based on all outputs."
        )


@dataclass(order=True, slots=True)
class _Candidate:
    key: tuple[int, int]
    position: int
    row: Row = field(compare=False)


def choose(rows: Iterable[Row], most: int) -> CaseSample:
    """Select at most ``most`` rows of a stream in one pass, with at most that many in memory.

    The sample depends only on the outputs' identities, so the same run always shows the same outputs.
    """
    heap: list[_Candidate] = []
    total = first_total = 0
    for position, row in enumerate(rows):
        total += 1
        first = _comes_first(row[1])
        first_total += first
        candidate = _Candidate((int(first), _rank(row[1])), -position, row)
        if len(heap) < most:
            heapq.heappush(heap, candidate)
        elif heap and heap[0] < candidate:
            heapq.heapreplace(heap, candidate)
    heap.sort(key=lambda candidate: -candidate.position)
    return CaseSample(
        tuple(candidate.row for candidate in heap), total, first_total, sum(candidate.key[0] for candidate in heap)
    )


def _comes_first(scored: Scored) -> bool:
    return scored.score.outcome in FIRST or bool(scored.score.missing)


def _rank(scored: Scored) -> int:
    name = f"{scored.case_id}/{scored.repeat}".encode()
    return int.from_bytes(hashlib.blake2b(name, digest_size=8).digest())
