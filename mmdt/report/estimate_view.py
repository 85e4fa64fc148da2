"""An estimate prepared for display: its texts, and its position on an axis."""

from __future__ import annotations

import math
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.report.names import MetricStyle
from mmdt.report.notes import extra_notes
from mmdt.report.plot.axis import Axis, Whisker
from mmdt.report.wording import ARROWS, end_text, estimate_text, interval_text, sample_text, value_text
from mmdt.stats.rollup import TOO_FEW


@dataclass(frozen=True, slots=True)
class EstimateView:
    """The texts of an estimate, and its position on its column's axis, which is labelled with ``ends``."""

    metric: str
    title: str
    value: str
    interval: str
    whisker: Whisker
    ends: tuple[str, str]
    n: int
    clusters: int
    missing: int
    direction: str
    arrow: str
    method: str
    notes: tuple[str, ...]
    text: str
    holds: str = "sampling"
    card: str = ""
    """The id of the metric's card."""
    numbers: tuple[float, float, float] = (math.nan, math.nan, math.nan)
    """The value and the ends of its interval."""
    too_few: bool = False

    @property
    def sample(self) -> str:
        """What the number rests on: outputs, and clusters where they are fewer."""
        return sample_text(self.n, self.clusters)


def estimate_view(estimate: Estimate, style: MetricStyle, axis: Axis) -> EstimateView:
    """Describe an estimate in its metric's unit, on its column's axis."""
    return EstimateView(
        metric=estimate.metric,
        title=style.title,
        value=value_text(estimate.value, percent=style.percent),
        interval=interval_text(estimate.low, estimate.high, percent=style.percent),
        whisker=Whisker.of(estimate, axis),
        ends=(end_text(axis.low, percent=style.percent), end_text(axis.high, percent=style.percent)),
        n=estimate.n,
        clusters=estimate.clusters,
        missing=estimate.missing,
        direction=style.way(estimate.direction),
        arrow=ARROWS[estimate.direction],
        method=method_text(estimate),
        notes=tuple(extra_notes(estimate, percent=style.percent)),
        text=estimate_text(estimate, percent=style.percent),
        holds=estimate.holds,
        numbers=(estimate.value, estimate.low, estimate.high),
        card=style.card.anchor if style.card else "",
        too_few=TOO_FEW in estimate.extra,
    )


def method_text(estimate: Estimate) -> str:
    """How the interval was made, and what it holds where a judge is behind the number."""
    judged = estimate.holds != "sampling" and estimate.method
    return f"{estimate.method}, {estimate.holds}" if judged else estimate.method
