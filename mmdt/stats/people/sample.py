"""Which outputs people should label: strata by the judge's verdict, cells in proportion, inclusion probabilities known.

Half of the labels are shared out equally between the verdicts, half in proportion to how often they occur. Equal shares
are best for a good judge of a rare event, proportional ones for a judge that says nothing; the mix costs little in
either case, and it is fixed before any label is seen.
"""

from __future__ import annotations

import math
import random
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

Verdict = bool | None
"""What the judge said: yes, no, or nothing (it failed)."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An output that could be labelled. ``key`` names it; ``order`` is where the seed put it among all of its
    verdict."""

    key: Hashable
    cell: str
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Chosen:
    """An output to label, and the probability with which an output of its verdict was chosen."""

    key: Hashable
    verdict: Verdict
    probability: float


def allocation(sizes: Mapping[Verdict, int], wanted: int) -> dict[Verdict, int]:
    """How many outputs of each verdict to label: the mean of equal and proportional shares, at least two of each.

    ``sizes``: outputs by verdict. No stratum gets more than it has; what one cannot use goes to the others.
    """
    total = sum(sizes.values())
    wanted = min(wanted, total)
    if not wanted:
        return dict.fromkeys(sizes, 0)
    strata = [verdict for verdict, size in sizes.items() if size]
    shares = {each: 0.5 / len(strata) + 0.5 * sizes[each] / total for each in strata}
    found = dict.fromkeys(sizes, 0)
    for each in strata:
        found[each] = min(sizes[each], max(2 if wanted >= 2 * len(strata) else 1, math.floor(wanted * shares[each])))
    while (rest := wanted - sum(found.values())) != 0:
        usable = [each for each in strata if (found[each] < sizes[each] if rest > 0 else found[each] > 0)]
        most = max(usable, key=lambda each: (1 if rest > 0 else -1) * (wanted * shares[each] - found[each]))
        found[most] += 1 if rest > 0 else -1
    return found


def choose(candidates: Sequence[Candidate], wanted: int, seed: int) -> list[Chosen]:
    """``wanted`` outputs in the order in which to label them; more of them begin with the same ones of each verdict.

    Within a verdict every output has the same chance, and each cell its share: an output's place is its random rank in
    the cell, spread over [0, 1) with a random offset, so that it is uniform for every output of every cell.
    """
    strata: dict[Verdict, list[Candidate]] = {}
    for each in candidates:
        strata.setdefault(each.verdict, []).append(each)
    counts = allocation({verdict: len(found) for verdict, found in strata.items()}, wanted)
    chosen = [
        Chosen(each.key, verdict, counts[verdict] / len(found))
        for verdict, found in strata.items()
        for each in _ordered(found, seed)[: counts[verdict]]
    ]
    random.Random(f"{seed}/shown").shuffle(chosen)  # the place in the queue must not give the verdict away
    return chosen


def _ordered(candidates: Sequence[Candidate], seed: int) -> list[Candidate]:
    cells: dict[str, list[Candidate]] = {}
    for each in candidates:
        cells.setdefault(each.cell, []).append(each)
    placed: list[tuple[float, int, Candidate]] = []
    for cell, found in sorted(cells.items()):
        rng = random.Random(f"{seed}/{cell}/{found[0].verdict}")
        ranks = rng.sample(range(len(found)), len(found))
        placed += [
            ((rank + rng.random()) / len(found), len(placed) + i, each)
            for i, (rank, each) in enumerate(zip(ranks, found, strict=True))
        ]
    return [each for *_, each in sorted(placed, key=lambda place: place[:2])]
