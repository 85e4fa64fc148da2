"""Tables of score components by cluster (rows) and component (columns): what the estimators of fairness count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.intervals.wilson import Floats

SideValues = Callable[[Scored], Iterable[tuple[int, float]]]
"""(side, value) of every value that an output has for a side, sides numbered from 0."""


def component_sums(rows: Sequence[Scored], columns: Sequence[str], *, weighted: bool = True) -> tuple[Floats, int]:
    """(sums of the components: clusters x columns, number of outputs counted).

    Counts the outputs whose score has the first column; other columns that are absent count as zero. Clusters are in
    order of first appearance. Where outputs stand for different numbers of cases, the sums are weighted by these, with
    a mean of one.
    """
    found: dict[str, Floats] = {}
    counted = [row for row in rows if columns[0] in row.score.values]
    one = _one(counted) if weighted else None
    for row in counted:
        values = np.array([row.score.values.get(column, 0.0) for column in columns])
        values = values if one is None else values * (row.weight / one)
        found[row.cluster] = found.get(row.cluster, np.zeros(len(columns))) + values
    return np.array(list(found.values())).reshape(-1, len(columns)), len(counted)


def _one(rows: Sequence[Scored]) -> float | None:
    """The mean of the outputs' weights; None where all are equal."""
    weights = [row.weight for row in rows]
    return sum(weights) / len(weights) if len(set(weights)) > 1 else None


def side_totals(rows: Sequence[Scored], sides: int, values: SideValues) -> Floats:
    """Sum and number of the values of each side: clusters x (2 * sides), as (sum, number) of side 0, of side 1, ..."""
    found: dict[str, Floats] = {}
    one = _one(rows)
    for row in rows:
        mass = 1.0 if one is None else row.weight / one
        for side, value in values(row):
            totals = found.setdefault(row.cluster, np.zeros(2 * sides))
            totals[2 * side : 2 * side + 2] += (value * mass, mass)
    return np.array(list(found.values())).reshape(-1, 2 * sides)


def gap(totals: Floats) -> Floats:
    """The mean of the first side minus that of the second, from (sum, number) of both (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])
