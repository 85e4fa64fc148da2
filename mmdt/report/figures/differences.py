"""Difference plot: paired differences from the first run with their intervals; right of zero is better."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdt.report.figures.drawing import Drawing, Line, Shape, Words, mark, shortened
from mmdt.report.figures.legend import legend
from mmdt.report.plot.scale import Scale

WIDTH, LEFT, RIGHT, ROW = 980.0, 330.0, 720.0, 22.0
COLUMNS = (
    "address",
    "metric",
    "title",
    "direction",
    "model",
    "baseline",
    "difference",
    "low",
    "high",
    "p_adjusted",
    "cases",
)


@dataclass(frozen=True, slots=True)
class DifferenceRow:
    """A run's paired difference from the baseline, in the metric's unit; ``series``: the run's number, from 1."""

    address: str
    metric: str
    title: str
    direction: str
    model: str
    series: int
    value: float
    low: float
    high: float
    p: float
    cases: int
    text: str


def difference_plot(rows: Sequence[DifferenceRow], labels: Sequence[str]) -> Drawing | None:
    """The differences of metrics that have a better direction; None where there are none. ``labels``: of all runs."""
    drawn = [each for each in rows if each.direction in ("higher", "lower") and abs(each.value) <= 1]
    if not drawn:
        return None
    title = f"Paired differences from {shortened(labels[0], 50)}"
    shapes, y = legend(labels, 16, 34, WIDTH) if len(labels) > 2 else ([], 34.0)
    start = y + 22
    ends = [_sign(each) * end for each in drawn for end in (each.value, each.low, each.high) if math.isfinite(end)]
    reach = max(0.02, *(abs(each) for each in ends))
    scale = Scale.of([-reach, reach])
    y = start + 8
    for place, each in enumerate(drawn):
        first = not place or (drawn[place - 1].address, drawn[place - 1].metric) != (each.address, each.metric)
        shapes += _row(each, scale, y, name=first)
        y += ROW
    shapes = [Words(16, 24, title, 16, bold=True), *_axis(scale, start, y), *shapes]
    text = f"{title}. " + "; ".join(f"{each.model}, {each.title} {each.text}" for each in drawn) + "."
    table = tuple(
        (r.address, r.metric, r.title, r.direction, r.model, labels[0], r.value, r.low, r.high, r.p, r.cases)
        for r in rows
    )
    return Drawing("differences", title, text, WIDTH, y + 44, tuple(shapes), COLUMNS, table)


def _sign(row: DifferenceRow) -> int:
    return 1 if row.direction == "higher" else -1


def _x(scale: Scale, value: float) -> float:
    return LEFT + (RIGHT - LEFT) * scale.share(value)


def _axis(scale: Scale, top: float, bottom: float) -> Iterator[Shape]:
    yield Words(_x(scale, 0) - 10, top - 6, "worse", 12, "bad", "end", bold=True)
    yield Words(_x(scale, 0) + 10, top - 6, "better", 12, "good", bold=True)
    for tick in scale.ticks:
        x = _x(scale, tick)
        zero = abs(tick) < scale.step / 2
        yield Line(((x, top), (x, bottom)), "muted" if zero else "line", 1.5 if zero else 1.0)
        yield Words(x, bottom + 18, scale.text(abs(tick), percent=True).removesuffix("%"), 11, "muted", "middle")
    yield Words((LEFT + RIGHT) / 2, bottom + 36, "points (a score of 1 = 100)", 11, "muted", "middle")


def _row(row: DifferenceRow, scale: Scale, y: float, *, name: bool) -> Iterator[Shape]:
    middle, sign = y + ROW / 2, _sign(row)
    paint = f"series-{row.series % 8}"
    if name:
        yield Words(16, middle + 4, shortened(row.title, 44))
    if math.isfinite(row.low) and math.isfinite(row.high):
        low, high = sorted((_x(scale, sign * row.low), _x(scale, sign * row.high)))
        yield Line(((low, middle), (high, middle)), paint, 1.8)
        for end in (low, high):
            yield Line(((end, middle - 4), (end, middle + 4)), paint, 1.8)
    yield mark(row.series, _x(scale, sign * row.value), middle)
    yield Words(RIGHT + 16, middle + 4, row.text)
