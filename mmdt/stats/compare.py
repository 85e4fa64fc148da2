"""Compares two runs on the same cases: is one model better, cell by cell, and by how much?"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.score import Scored
from mmdt.stats.holm import holm
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.intervals.wilson import UNIT, Bounds
from mmdt.stats.metrics import difference_ends
from mmdt.stats.permutation import sign_flip_test


@dataclass(frozen=True, slots=True)
class _CaseMean:
    """The mean of a component over the repeats of a case in one run, NaN where all are missing."""

    address: str
    cluster: str
    value: float


_Pair = tuple[_CaseMean | None, _CaseMean | None]


def compare(
    first: Iterable[Scored],
    second: Iterable[Scored],
    component: str,
    *,
    direction: Direction,
    by: Callable[[Scored], str] = lambda row: str(row.cell),
    bounds: Bounds = UNIT,
    seed: int = 0,
) -> dict[str, Estimate]:
    """By address, the mean over cases of (second - first) with a clustered interval, in order of appearance.

    Cases are matched by id after averaging their repeats; a case that only one run has, or that lacks the component in
    one of them, counts as ``missing``, and the interval is the outer one: a side that is missing could be anything.
    ``by`` names the address a row counts for (its cell; for scenarios ``lambda row: row.cell.parent``). ``extra`` holds
    both means over the matched cases (``first``, ``second``), how many cases only one run has (``unmatched``), the
    ``p`` of a paired permutation test over clusters (exact McNemar for independent 0/1 values), and ``p_holm``,
    adjusted over all addresses."""
    one, other = _by_case(first, component, by), _by_case(second, component, by)
    pairs: dict[str, list[_Pair]] = {}
    for case, mean in (one | other).items():
        pairs.setdefault(mean.address, []).append((one.get(case), other.get(case)))
    found = {address: _difference(component, each, direction, bounds, seed) for address, each in pairs.items()}
    adjusted = holm({address: each.extra["p"] for address, each in found.items()})
    return {
        address: replace(each, extra={**each.extra, "p_holm": adjusted[address]}) for address, each in found.items()
    }


def _by_case(rows: Iterable[Scored], component: str, by: Callable[[Scored], str]) -> dict[tuple[str, str], _CaseMean]:
    values: dict[tuple[str, str], list[float]] = {}
    places: dict[tuple[str, str], tuple[str, str]] = {}
    for row in rows:
        key = (str(row.cell), row.case_id)
        places.setdefault(key, (by(row), row.cluster))
        known = values.setdefault(key, [])
        if component in row.score.values:
            known.append(row.score.values[component])
    return {
        key: _CaseMean(*places[key], sum(known) / len(known) if known else math.nan) for key, known in values.items()
    }


def _difference(
    component: str,
    pairs: list[_Pair],
    direction: Direction,
    bounds: Bounds,
    seed: int,
) -> Estimate:
    matched = [
        (mine, theirs)
        for mine, theirs in pairs
        if mine and theirs and not math.isnan(mine.value) and not math.isnan(theirs.value)
    ]
    differences = [theirs.value - mine.value for mine, theirs in matched]
    clusters = [mine.cluster for mine, _ in matched]
    of_first, of_second = ([side.value if side else math.nan for side in sides] for sides in zip(*pairs, strict=True))
    estimate = mean_estimate(
        component,
        [theirs - mine for mine, theirs in zip(of_first, of_second, strict=True)],
        [(mine or theirs).cluster for mine, theirs in pairs],  # type: ignore[union-attr]
        direction=direction,
        bounds=None if bounds is None else (bounds[0] - bounds[1], bounds[1] - bounds[0]),
        ends=None if bounds is None else difference_ends(of_second, of_first, bounds),
    )
    extra: Mapping[str, float] = {
        "first": _mean([mine.value for mine, _ in matched]),
        "second": _mean([theirs.value for _, theirs in matched]),
        "unmatched": float(sum(mine is None or theirs is None for mine, theirs in pairs)),
        "p": sign_flip_test(cluster_totals(differences, clusters)[0], seed=seed) if matched else math.nan,
    }
    return replace(estimate, extra={**estimate.extra, **extra})


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else math.nan
