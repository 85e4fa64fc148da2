"""How much two judges agree beyond chance, with intervals over clusters."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.bootstrap import bootstrap_estimate
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.intervals.wilson import Floats

Label = Hashable
_Chance = Callable[[Floats], Floats]
"""From shares of shape (..., labels, labels) to the agreement expected by chance, of shape (...)."""


def kappa(
    first: Sequence[Label | None],
    second: Sequence[Label | None],
    clusters: Sequence[Hashable] | None = None,
    *,
    labels: Sequence[Label] | None = None,
    seed: int = 0,
) -> Estimate:
    """Cohen's kappa (1960, Educational and Psychological Measurement 20): chance follows from the judges' own rates.

    ``None`` is a missing verdict; ``labels`` are all possible verdicts (by default those found). NaN where both judges
    always give the same single verdict. ``extra["agreement"]`` is the plain share of equal verdicts. Where one label is
    rare, kappa is low even for judges that hardly differ; look at ``ac1`` beside it.
    """
    return _estimate("kappa", _kappa_chance, first, second, clusters, labels, seed)


def ac1(
    first: Sequence[Label | None],
    second: Sequence[Label | None],
    clusters: Sequence[Hashable] | None = None,
    *,
    labels: Sequence[Label] | None = None,
    seed: int = 0,
) -> Estimate:
    """Gwet's AC1 (2008, British J. of Mathematical and Statistical Psychology 61), stable where one label is rare.

    Arguments as for ``kappa``. NaN for fewer than two labels, so name them if a judge may have used only one.
    """
    return _estimate("AC1", _ac1_chance, first, second, clusters, labels, seed)


def _kappa_chance(shares: Floats) -> Floats:
    return np.asarray((shares.sum(axis=-1) * shares.sum(axis=-2)).sum(axis=-1))


def _ac1_chance(shares: Floats) -> Floats:
    rates = (shares.sum(axis=-1) + shares.sum(axis=-2)) / 2
    return np.asarray((rates * (1 - rates)).sum(axis=-1) / (rates.shape[-1] - 1))


def _estimate(
    name: str,
    chance: _Chance,
    first: Sequence[Label | None],
    second: Sequence[Label | None],
    clusters: Sequence[Hashable] | None,
    labels: Sequence[Label] | None,
    seed: int,
) -> Estimate:
    cells, kept, size = _cells(first, second, labels)
    groups = list(kept) if clusters is None else [clusters[i] for i in kept]

    def coefficient(totals: Floats) -> Floats:
        counts = totals.reshape(*totals.shape[:-1], size, size)
        shares = counts / counts.sum(axis=(-1, -2), keepdims=True)
        by_chance = chance(shares)
        return np.asarray((np.trace(shares, axis1=-2, axis2=-1) - by_chance) / (1 - by_chance))

    found = bootstrap_estimate(
        name, cells, groups, coefficient, direction="higher", seed=seed, missing=len(first) - len(kept)
    )
    agreed = cells.reshape(-1, size, size).trace(axis1=1, axis2=2) if len(cells) else np.zeros(0)
    if len(agreed) and agreed.all():
        found = _perfect(found, cells, agreed, groups, size, chance)
    return replace(found, extra={"agreement": float(agreed.mean()) if len(agreed) else float("nan")})


def _cells(
    first: Sequence[Label | None], second: Sequence[Label | None], labels: Sequence[Label] | None
) -> tuple[Floats, list[int], int]:
    """(items x flattened table with a one in the cell of both verdicts, indices of the complete items, labels)."""
    if len(first) != len(second):
        raise UsageError(
            f"{len(first)} verdicts of one judge, {len(second)} of the other",
            hint="give the verdict of both judges on every item, None where it is missing",
        )
    kept = [i for i, pair in enumerate(zip(first, second, strict=True)) if None not in pair]
    found = list(labels) if labels is not None else sorted({v for i in kept for v in (first[i], second[i])}, key=repr)
    place = {label: i for i, label in enumerate(found)}
    size = max(len(found), 1)
    cells = np.zeros((len(kept), size * size))
    for row, i in enumerate(kept):
        for verdict in (first[i], second[i]):
            if verdict not in place:
                raise UsageError(f"the verdict {verdict!r} is not one of the labels", hint="name every possible label")
        cells[row, place[first[i]] * size + place[second[i]]] = 1
    return cells, kept, size


def _perfect(
    found: Estimate, cells: Floats, agreed: Floats, groups: Sequence[Hashable], size: int, chance: _Chance
) -> Estimate:
    """A resample of perfect agreement is perfect too, so the lower limit of the plain agreement is used instead."""
    least = unit_interval(*cluster_totals(agreed, groups), binary=True)[0]
    by_chance = float(chance(cells.mean(axis=0).reshape(size, size)))
    if by_chance >= 1 or np.isnan(by_chance):
        return found
    return replace(found, low=(least - by_chance) / (1 - by_chance), high=1.0, method="Wilson, chance held fixed")
