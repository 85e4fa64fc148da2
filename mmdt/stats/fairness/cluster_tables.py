"""Tables of score components by cluster (rows) and component (columns): what the estimators of fairness count."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.intervals.clusters import codes
from mmdt.stats.intervals.wilson import Floats

SideValues = Callable[[Scored], Iterable[tuple[int, float]]]
"""(side, value) of every value that an output has for a side, sides numbered from 0."""


def component_sums(rows: Sequence[Scored], columns: Sequence[str], *, weighted: bool = True) -> tuple[Floats, int]:
    """(sums of the components: clusters x columns, number of outputs counted).

    Counts the outputs whose score has the first column; other columns that are absent count as zero. Clusters are in
    order of first appearance. Where outputs stand for different numbers of cases, the sums are weighted by these, with
    a mean of one.
    """
    counted = [row for row in rows if columns[0] in row.score.values]
    one = _one(counted) if weighted else None
    values = np.array([[row.score.values.get(column, 0.0) for column in columns] for row in counted], np.float64)
    values = values.reshape(-1, len(columns))
    if one is not None:
        values = values * np.array([row.weight / one for row in counted])[:, None]
    return _sums([row.cluster for row in counted], values), len(counted)


def nonzero_sums(rows: Sequence[Scored], columns: Sequence[str]) -> Floats:
    """Sums of the components (clusters x columns) over the outputs of which some component is not zero."""
    found = [(row.cluster, [row.score.values.get(column, 0.0) for column in columns]) for row in rows]
    counted = [(cluster, values) for cluster, values in found if any(values)]
    table = np.array([values for _, values in counted], np.float64).reshape(-1, len(columns))
    return _sums([cluster for cluster, _ in counted], table)


def _sums(clusters: Sequence[str], values: Floats) -> Floats:
    """Sums of the columns by cluster, added up in the order of the rows."""
    if not len(clusters):
        return np.zeros((0, values.shape[1]))
    index = codes(clusters)
    return np.column_stack([np.bincount(index, column) for column in values.T])


def _one(rows: Sequence[Scored]) -> float | None:
    """The mean of the outputs' weights; None where all are equal."""
    weights = [row.weight for row in rows]
    return sum(weights) / len(weights) if len(set(weights)) > 1 else None


def side_totals(rows: Sequence[Scored], sides: int, values: SideValues) -> Floats:
    """Sum and number of the values of each side: clusters x (2 * sides), as (sum, number) of side 0, of side 1, ..."""
    one = _one(rows)
    clusters: list[str] = []
    places: list[int] = []
    sums: list[float] = []
    numbers: list[float] = []
    for row in rows:
        mass = 1.0 if one is None else row.weight / one
        for side, value in values(row):
            clusters.append(row.cluster)
            places.append(2 * side)
            sums.append(value * mass)
            numbers.append(mass)
    if not clusters:
        return np.zeros((0, 2 * sides))
    index = codes(clusters)
    at, size = index * (2 * sides) + np.array(places), (int(index.max()) + 1) * 2 * sides
    found = np.bincount(at, sums, minlength=size) + np.bincount(at + 1, numbers, minlength=size)
    return np.asarray(found.reshape(-1, 2 * sides), np.float64)


def gap(totals: Floats) -> Floats:
    """The mean of the first side minus that of the second, from (sum, number) of both (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])
