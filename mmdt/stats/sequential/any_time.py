"""The interval of a cell's number that holds at any time, from the scored outputs that are there so far."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from mmdt.core.scenario import Metric
from mmdt.core.score import Scored
from mmdt.stats.intervals.wilson import LEVEL, Interval, wilson
from mmdt.stats.metrics import ClusteredMean
from mmdt.stats.scoring import NOT_ASKED
from mmdt.stats.sequential.betting import Seen, limits, rejected_from_above, rejected_from_below
from mmdt.stats.sequential.order import CellClusters, Order

METHOD = "betting, valid at any time"


def watchable(metric: Metric) -> bool:
    """Whether a metric has an interval that holds at any time: a mean, given a condition or not, of bounded values."""
    return isinstance(metric.estimate, ClusteredMean) and metric.estimate.bounds is not None


def asked(row: Scored) -> bool:
    return row.score.missing != NOT_ASKED


@dataclass(frozen=True)
class Watched:
    """A metric over the first clusters of a cell's order, up to the first that is not complete.

    ``low`` and ``high``: the same with everything missing at the lower and at the upper end; ``bounds`` of the values.
    """

    low: Seen
    high: Seen
    bounds: tuple[float, float]

    @property
    def clusters(self) -> int:
        return len(self.low.sums)

    def interval(self, level: float = LEVEL) -> Interval:
        """It holds the mean with everything missing anywhere, at all times at once."""
        least, most = self.bounds
        low, high = limits(self.low, level)[0], limits(self.high, level)[1]
        return least + low * (most - least), least + high * (most - least)

    def least_width(self) -> float:
        """A width that is smaller than that of the interval, and found at once: half of that for a fixed sample."""
        number, seen = float(self.low.sizes.sum()), self.low
        if not number:
            return math.inf
        low, high = wilson(float(seen.sums.sum()), number)
        whole = number + seen.rest if seen.population is not None else math.inf
        return (high - low) / 2 * math.sqrt(max(1 - number / whole, 0.0)) * (self.bounds[1] - self.bounds[0])

    def above(self, value: float, level: float = LEVEL) -> bool:
        return rejected_from_below(self.low, self._unit(value), level)

    def below(self, value: float, level: float = LEVEL) -> bool:
        return rejected_from_above(self.high, self._unit(value), level)

    def _unit(self, value: float) -> float:
        least, most = self.bounds
        return min(max((value - least) / (most - least), 0.0), 1.0)


@dataclass
class Track:
    """A ``watchable`` metric over the clusters of one cell in the order in which they are asked, as they are complete.

    ``add`` takes the outputs of the cell, in whatever order they come: answers that came early must not count before
    those that were asked first and are slow. Outputs that were not asked are left out.
    """

    metric: Metric
    sizes: Mapping[str, int]
    names: Sequence[str]
    population: int | None
    rows: dict[str, list[Scored]] = field(default_factory=dict)
    totals: list[tuple[float, float, float]] = field(default_factory=list)
    held: int = 0

    @classmethod
    def of(cls, metric: Metric, clusters: CellClusters, order: Order) -> Track:
        sizes = clusters.about(_mean(metric).benign)
        return cls(metric, sizes, order.ordered(sizes), len(sizes) if order.finite else None)

    @property
    def whole(self) -> bool:
        """Whether all clusters are complete."""
        return len(self.totals) == len(self.names)

    def add(self, row: Scored) -> bool:
        """Whether more is known than before."""
        benign = _mean(self.metric).benign
        if not asked(row) or (benign is not None and row.benign != benign) or row.cluster not in self.sizes:
            return False
        self.rows.setdefault(row.cluster, []).append(row)
        before = len(self.totals)
        while not self.whole:
            name = self.names[len(self.totals)]
            if len(self.rows.get(name, ())) < self.sizes[name]:
                break
            self.totals.append(_totals(_mean(self.metric), self.rows.pop(name)))
            self.held += self.sizes[name]
        return len(self.totals) > before

    def watched(self) -> Watched:
        low, high, held = np.array(self.totals, np.float64).reshape(-1, 3).T
        rest, largest = float(sum(self.sizes.values()) - self.held), float(max(self.sizes.values(), default=1))
        seen = Seen(low, held, largest, self.population, rest)
        return Watched(seen, replace(seen, sums=high), _bounds(_mean(self.metric)))


def watched(metric: Metric, rows: Iterable[Scored], clusters: CellClusters, order: Order) -> Watched:
    """What is known of a ``watchable`` metric from the outputs of one cell that are there."""
    track = Track.of(metric, clusters, order)
    for row in rows:
        track.add(row)
    return track.watched()


def _totals(mean: ClusteredMean, rows: Sequence[Scored]) -> tuple[float, float, float]:
    """Of one cluster: the sums of its values within [0, 1], with what is missing at 0 and at 1, and their number."""
    least, most = _bounds(mean)
    low = high = held = 0.0
    for value, _ in mean.counted(rows):
        missing = math.isnan(value)
        unit = 0.0 if missing else min(max((value - least) / (most - least), 0.0), 1.0)
        low, high, held = low + unit, high + (1.0 if missing else unit), held + 1
    return low, high, held


def _mean(metric: Metric) -> ClusteredMean:
    assert isinstance(metric.estimate, ClusteredMean)  # noqa: S101 - only watchable metrics come here
    return metric.estimate


def _bounds(mean: ClusteredMean) -> tuple[float, float]:
    assert mean.bounds is not None  # noqa: S101 - as above
    return mean.bounds
