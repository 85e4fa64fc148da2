"""A seeded sample of cases: the same ones in every run, in flat memory, pairs kept together."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell


def sample(cases: Callable[[bool], Iterator[Case]], limit: int, seed: int) -> Iterator[Case]:
    """At most ``limit`` cases of each cell, in the order of the data.

    Chosen are the cases with the smallest hash of the seed and the group (or the id, where a case stands alone):
    cases of one group, such as a clean picture and its attacked twin in another cell, are chosen together.
    ``cases`` is called twice, so that only numbers are kept in between; it is told whether this is the first time.
    """
    chosen = _choose(cases(True), limit, seed)
    last = max(chosen, default=-1)
    for position, case in enumerate(cases(False)):
        if position in chosen:
            yield case
        if position >= last:
            return


def _choose(cases: Iterator[Case], limit: int, seed: int) -> set[int]:
    """Positions of the cases with the smallest hashes, by cell."""
    heaps: dict[Cell, list[tuple[int, int]]] = {}
    for position, case in enumerate(cases):
        heap = heaps.setdefault(case.cell, [])
        entry = (-_hash(seed, case.group or case.id), -position)  # the largest hash on top, to be pushed out first
        if len(heap) < limit:
            heapq.heappush(heap, entry)
        elif entry > heap[0]:
            heapq.heapreplace(heap, entry)
    return {-position for heap in heaps.values() for _, position in heap}


def _hash(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest())
