"""One estimate as it is shown: texts, and its place on an axis."""

from __future__ import annotations

from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.report.names import Style
from mmdt.report.notes import extra_notes
from mmdt.report.plot.axis import Axis, Whisker
from mmdt.report.wording import ARROWS, DIRECTIONS, end_text, estimate_text, interval_text, value_text


@dataclass(frozen=True, slots=True)
class Figure:
    """The texts of an estimate, and its place on the axis of its column, which runs between ``ends``."""

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


def figure(estimate: Estimate, style: Style, axis: Axis) -> Figure:
    """The figure of an estimate in its unit, on the axis of its column."""
    return Figure(
        metric=estimate.metric,
        title=style.title,
        value=value_text(estimate.value, percent=style.percent),
        interval=interval_text(estimate.low, estimate.high, percent=style.percent),
        whisker=Whisker.of(estimate, axis),
        ends=(end_text(axis.low, percent=style.percent), end_text(axis.high, percent=style.percent)),
        n=estimate.n,
        clusters=estimate.clusters,
        missing=estimate.missing,
        direction=DIRECTIONS[estimate.direction],
        arrow=ARROWS[estimate.direction],
        method=estimate.method,
        notes=tuple(extra_notes(estimate, percent=style.percent)),
        text=estimate_text(estimate, percent=style.percent),
    )
