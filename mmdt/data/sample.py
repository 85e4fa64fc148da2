"""A seeded sample of cases: the same in every run, with pairs kept together, in which every case is as likely."""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterator, MutableMapping

import numpy as np

from mmdt.core.case import Case
from mmdt.core.cell import Cell


def sample(
    cases: Callable[[bool], Iterator[Case]], limit: int, seed: int, sizes: MutableMapping[str, int] | None = None
) -> Iterator[Case]:
    """At most ``limit`` cases of each cell, in the order of the data.

    The cases of a cell are put on a circle, group by group, in the order of a hash of the seed and the group (or the
    id, if a case has no group); the sample is an arc of it that begins at a random case. So cases of one group, such as
    a clean picture and its attacked twin in another cell, are chosen together, a larger limit keeps the cases of a
    smaller one, and every case has the same chance however large its group is (systematic sampling; Cochran 1977,
    Sampling Techniques, chapter 8). ``cases`` is called twice, with True the first time, so that only 16 bytes a case
    are kept in memory. ``sizes`` takes the number of all cases of each cell.
    """
    found = _places(cases(True), seed)
    if sizes is not None:
        sizes.update({str(cell): len(each) for cell, each in found.items()})
    chosen = {place for each in found.values() for place in each.arc(limit, _start(seed))}
    last = max(chosen, default=-1)
    for position, case in enumerate(cases(False)):
        if position in chosen:
            yield case
        if position >= last:
            return


class _Places:
    """The cases of one cell: their positions in the data and the hashes that order them."""

    def __init__(self) -> None:
        self._groups, self._cases, self._positions = array("I"), array("I"), array("Q")

    def __len__(self) -> int:
        return len(self._positions)

    def add(self, position: int, group: int, case: int) -> None:
        self._groups.append(group)
        self._cases.append(case)
        self._positions.append(position)

    def arc(self, limit: int, start: float) -> list[int]:
        """The positions of ``limit`` cases on the circle, from the share ``start`` of it on."""
        positions = np.array(self._positions)
        order = np.lexsort((positions, np.array(self._cases), np.array(self._groups)))
        first = int(start * len(positions))
        taken = np.arange(first, first + min(limit, len(positions))) % len(positions)
        return [int(place) for place in positions[order[taken]]]


def _places(cases: Iterator[Case], seed: int) -> dict[Cell, _Places]:
    found: dict[Cell, _Places] = {}
    for position, case in enumerate(cases):
        group = _hash(seed, case.group or case.id)
        found.setdefault(case.cell, _Places()).add(position, group, _hash(seed, case.id))
    return found


def _start(seed: int) -> float:
    """Where the arc begins, in [0, 1): the same in every cell, so that pairs in two cells stay together."""
    return _hash(seed, "where the sample begins") / 2**32


def _hash(seed: int, name: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"{seed}:{name}".encode(), digest_size=4).digest())
