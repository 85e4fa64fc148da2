"""A seeded sample of cases: the same in every run, in constant memory, with pairs kept together."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Callable, Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell


def sample(cases: Callable[[bool], Iterator[Case]], limit: int, seed: int) -> Iterator[Case]:
    """At most ``limit`` cases of each cell, in the order of the data.

    It chooses the cases with the smallest hash of the seed and the group (or the id, if a case has no group). So cases
    of one group, such as a clean picture and its attacked twin in another cell, are chosen together. ``cases`` is
    called twice, with True the first time, so that only positions are kept in memory.
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
        item = (-_hash(seed, case.group or case.id), -position)  # the largest hash is on top and is dropped first
        if len(heap) < limit:
            heapq.heappush(heap, item)
        elif item > heap[0]:
            heapq.heapreplace(heap, item)
    return {-position for heap in heaps.values() for _, position in heap}


def _hash(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=8).digest())
