"""Tables of score components by cluster (rows) and component (columns): what the estimators of fairness count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.intervals.wilson import Floats

SideValues = Callable[[Scored], Iterable[tuple[int, float]]]
"""(side, value) of every value that an output has for a side, sides numbered from 0."""


def component_sums(rows: Sequence[Scored], columns: Sequence[str]) -> tuple[Floats, int]:
    """(sums of the components: clusters x columns, number of outputs counted).

    Counts the outputs whose score has the first column; other columns that are absent count as zero. Clusters are in
    order of first appearance.
    """
    found: dict[str, Floats] = {}
    outputs = 0
    for row in rows:
        if columns[0] in row.score.values:
            values = np.array([row.score.values.get(column, 0.0) for column in columns])
            found[row.cluster] = found.get(row.cluster, np.zeros(len(columns))) + values
            outputs += 1
    return np.array(list(found.values())).reshape(-1, len(columns)), outputs


def side_totals(rows: Sequence[Scored], sides: int, values: SideValues) -> Floats:
    """Sum and number of the values of each side: clusters x (2 * sides), as (sum, number) of side 0, of side 1, ..."""
    found: dict[str, Floats] = {}
    for row in rows:
        for side, value in values(row):
            found.setdefault(row.cluster, np.zeros(2 * sides))[2 * side : 2 * side + 2] += (value, 1.0)
    return np.array(list(found.values())).reshape(-1, 2 * sides)


def gap(totals: Floats) -> Floats:
    """The mean of the first side minus that of the second, from (sum, number) of both (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])
