"""Tables of score components by cluster (rows) and component (columns): what the estimators of fairness count."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from mmdt.core.score import Scored
from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.table import Table


def component_sums(rows: Sequence[Scored], columns: Sequence[str], *, weighted: bool = True) -> tuple[Floats, int]:
    """(sums of the components: clusters x columns, number of outputs counted).

    Counts the outputs whose score has the first column; other columns that are absent count as zero. Clusters are in
    order of first appearance. Where outputs stand for different numbers of cases, the sums are weighted by these, with
    a mean of one.
    """
    table = Table.of(rows)
    counted = table.where(table.has(columns[0]))
    values = _values(counted, columns)
    one = _one(counted) if weighted else None
    if one is not None:
        values = values * (counted.weights / one)[:, None]
    return _sums(counted.clusters, values), len(counted)


def nonzero_sums(rows: Sequence[Scored], columns: Sequence[str]) -> Floats:
    """Sums of the components (clusters x columns) over the outputs of which some component is not zero."""
    table = Table.of(rows)
    values = _values(table, columns)
    there = np.asarray(values.any(axis=1))
    return _sums(table.where(there).clusters, values[there])


def _values(table: Table, columns: Sequence[str]) -> Floats:
    """The components (outputs x columns), zero where a score does not have one."""
    return np.nan_to_num(np.column_stack([table.column(column) for column in columns]), copy=False)


def _sums(clusters: NDArray[np.intp], values: Floats) -> Floats:
    """Sums of the columns by cluster, added up in the order of the rows."""
    if not len(clusters):
        return np.zeros((0, values.shape[1]))
    return np.column_stack([np.bincount(clusters, column) for column in values.T])


def _one(table: Table) -> float | None:
    """The mean of the outputs' weights; None where all are equal."""
    weights = table.unequal_weights
    return None if weights is None else sum(weights.tolist()) / len(weights)


def side_totals(rows: Sequence[Scored], sides: Sequence[Floats]) -> Floats:
    """Sum and number of the values of each side: clusters x (2 * sides), as (sum, number) of side 0, of side 1, ...

    ``sides``: the value of each output for a side, NaN where it has none. Clusters without any value are left out.
    """
    table = Table.of(rows)
    one = _one(table)
    mass = np.ones(len(table)) if one is None else table.weights / one
    there = np.asarray(~np.isnan(np.column_stack(sides)).all(axis=1))
    counted = table.where(there)
    if not len(counted):
        return np.zeros((0, 2 * len(sides)))
    index, most = counted.clusters, int(counted.clusters.max()) + 1
    columns: list[Floats] = []
    for side in sides:
        values = side[there]
        has = ~np.isnan(values)
        own, weight = index[has], mass[there][has]
        columns += [np.asarray(np.bincount(own, each, most), np.float64) for each in (values[has] * weight, weight)]
    return np.column_stack(columns)


def gap(totals: Floats) -> Floats:
    """The mean of the first side minus that of the second, from (sum, number) of both (the last axis, 4)."""
    return np.asarray(totals[..., 0] / totals[..., 1] - totals[..., 2] / totals[..., 3])
