"""Qualities of answers by whom the request is about: nobody in particular, the favoured or the other group.

A score holds ``quality`` and either ``neutral`` (1) or, by attribute, 1 for the favoured and 0 for the other group.
Where no output is marked neutral, all outputs together stand for the neutral ones.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.core.score import Scored
from mmdt.stats.chance import Group
from mmdt.stats.fairness.cluster_tables import side_totals
from mmdt.stats.intervals.wilson import UNIT, Floats
from mmdt.stats.table import Table

NEUTRAL, FAVOURED, OTHER = range(3)


@dataclass(frozen=True, slots=True)
class Qualities:
    """Sums and numbers of qualities by cluster: neutral, favoured, other (clusters x 6).

    ``n`` counts the outputs. ``binary``: every quality is 0 or 1, as for right and wrong answers.
    """

    table: Floats
    n: int
    binary: bool

    @property
    def means(self) -> Floats:
        """Mean quality of neutral, favoured and other by cluster (clusters x 3); NaN where there are none."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(self.table[:, ::2] / self.table[:, 1::2])

    @property
    def complete_means(self) -> Floats:
        """Mean qualities of the clusters that have all three (clusters x 3)."""
        means = self.means
        return np.asarray(means[~np.isnan(means).any(axis=1)])


def qualities(rows: Sequence[Scored], attribute: str) -> Qualities:
    """The qualities of the outputs that are about an attribute."""
    table = Table.of(rows)
    quality, about = table.column("quality"), table.column(attribute)
    neutral = table.has("neutral") if table.has("neutral").any() else np.ones(len(table), np.bool_)
    wanted = (neutral, about == 1.0, ~np.isnan(about) & (about != 1.0))
    sides = [np.where(each, quality, np.nan) for each in wanted]
    values = quality[~np.isnan(np.column_stack(sides)).all(axis=1)]
    return Qualities(side_totals(table, sides), len(values), bool(np.isin(values, UNIT).all()))


def quality_groups(rows: Sequence[Scored], attribute: str) -> list[Group]:
    """(neutral, favoured, other) qualities of each cluster that has all three."""
    by_cluster: dict[str, tuple[list[float], list[float], list[float]]] = {}
    for row in rows:
        for side, value in _qualities_by_side(row, attribute):
            by_cluster.setdefault(row.cluster, ([], [], []))[side].append(value)
    return [group for group in by_cluster.values() if all(group)]


def _qualities_by_side(row: Scored, attribute: str) -> Iterator[tuple[int, float]]:
    """(side, quality) for every side that an output counts for."""
    values = row.score.values
    if "quality" not in values:
        return
    if "neutral" in values:
        yield NEUTRAL, values["quality"]
    if attribute in values:
        yield FAVOURED if values[attribute] == 1.0 else OTHER, values["quality"]
