"""The random order in which the clusters of every cell are asked, and how many outputs each of them has in a cell."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.score import Scored

ANY_TIME = "any_time"
"""In ``extra``: the interval holds whenever one looks; the value is the number of clusters it rests on."""
NOT_AT_ANY_TIME = "fixed_sample"
"""In ``extra``: the interval takes the number of cases for fixed, and the run stopped by its results."""


def place(seed: int, cluster: str) -> tuple[int, str]:
    """Where a cluster stands in the order of a run, the same in every cell: cases that belong together are asked
    together. The order depends on nothing but the seed and the name, so a resumed run has the same."""
    return int.from_bytes(hashlib.blake2b(f"{seed}:until:{cluster}".encode(), digest_size=8).digest()), cluster


@dataclass
class CellClusters:
    """The outputs that each cluster has in one cell when all of it is asked: those of benign cases, and the others."""

    sizes: dict[str, tuple[int, int]] = field(default_factory=dict)

    def add(self, cluster: str, *, benign: bool) -> None:
        with_benign, others = self.sizes.get(cluster, (0, 0))
        self.sizes[cluster] = (with_benign + 1, others) if benign else (with_benign, others + 1)

    def about(self, benign: bool | None) -> dict[str, int]:
        """The outputs of each cluster that a metric is about (see ``mean_of``); clusters without any are left out."""
        found = {
            name: both[0] + both[1] if benign is None else both[0] if benign else both[1]
            for name, both in self.sizes.items()
        }
        return {name: number for name, number in found.items() if number}


@dataclass
class Order:
    """How a run with ``until`` asked: the ``seed`` of its order, whether its cases are all there are (``finite``) or a
    sample, and the clusters of each cell, asked or not."""

    seed: int
    finite: bool
    cells: dict[str, CellClusters] = field(default_factory=dict)

    def look(self, row: Scored) -> None:
        """Count an output that the run has or would have had."""
        self.cells.setdefault(str(row.cell), CellClusters()).add(row.cluster, benign=row.benign)

    def ordered(self, sizes: Mapping[str, int]) -> list[str]:
        return sorted(sizes, key=lambda cluster: place(self.seed, cluster))
