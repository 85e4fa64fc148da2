"""How many faces of each class were read, by cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from mmdt.core.faces import ATTRIBUTES
from mmdt.core.score import Scored
from mmdt.stats.estimates import count_missing
from mmdt.stats.fairness.cluster_tables import component_sums
from mmdt.stats.intervals.wilson import Floats


@dataclass(frozen=True, slots=True)
class ClassCounts:
    """Readings of one attribute.

    ``table``: clusters x classes, with a last column for unsure readings. ``images``: outputs that were read;
    ``missing``: outputs of which nothing is known.
    """

    table: Floats
    images: int
    missing: int

    @property
    def sure(self) -> Floats:
        """The table without its unsure column."""
        return self.table[:, :-1]

    @property
    def totals(self) -> Floats:
        """Sure readings by class."""
        return np.asarray(self.sure.sum(axis=0))

    @property
    def unsure(self) -> int:
        return int(self.table[:, -1].sum())

    @property
    def readings(self) -> int:
        return int(self.table.sum())


def class_counts(rows: Sequence[Scored], attribute: str, *, weighted: bool = True) -> ClassCounts:
    """Counts the readings of an attribute over the outputs that were read for it.

    A score holds a component for each class of the attribute (``male``, ``female``) and ``<attribute>_unsure``.
    """
    table, images = component_sums(rows, (*ATTRIBUTES[attribute], f"{attribute}_unsure"), weighted=weighted)
    return ClassCounts(table, images, count_missing(rows))
