"""Forest plot: every scenario's headline with its interval, on one axis, grouped by perspective and modality."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Direction, Estimate
from mmdt.core.modality import title_of
from mmdt.core.scenario import Scenario
from mmdt.report.figures.drawing import Drawing, Line, Shape, Words, mark, shortened
from mmdt.report.figures.legend import legend
from mmdt.report.figures.subject import Subject
from mmdt.report.plot.scale import Scale
from mmdt.report.wording import estimate_text

WIDTH, LEFT, RIGHT = 1180.0, 250.0, 660.0
"""Pixels: the whole picture, and the axis within it."""
ROW, HEAD, TOP = 20.0, 28.0, 48.0
COLUMNS = (
    "address", "scenario", "model", "metric", "quantity", "direction", "value", "low", "high", "n", "missing",
)  # fmt: skip
HELD = 1.5
"""Values up to this are drawn on the common axis; others are only written out."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A scenario of a run; ``estimate`` is None where it was not run."""

    scenario: Scenario
    series: int
    model: str
    quantity: str
    percent: bool
    direction: Direction
    estimate: Estimate | None


def forest(subjects: Sequence[Subject]) -> Drawing | None:
    """The forest plot of one or several runs; None where nothing was run."""
    groups = _groups(subjects)
    if not groups:
        return None
    values = [x for _, rows in groups for row in rows if row.estimate for x in _ends(row.estimate)]
    scale = Scale.of([0.0, 1.0, *(each for each in values if abs(each) <= HELD)])
    shapes, y = legend([each.label for each in subjects], 16, TOP - 14, WIDTH)
    start = y
    y += 8
    for title, rows in groups:
        shapes.append(Words(16, y + 19, title, 13, bold=True))
        y += HEAD
        for place, row in enumerate(rows):
            first = not place or rows[place - 1].scenario is not row.scenario
            shapes += _drawn(row, scale, y, name=first)
            y += ROW
    height = y + 46
    return Drawing(
        "forest",
        "Scenarios with their 95 % intervals",
        "Forest plot: the headline of every scenario with its 95 % interval. " + _text(groups),
        WIDTH,
        height,
        (Words(16, 24, "Scenarios with their 95 % intervals", 16, bold=True), *_axis(scale, start, y), *shapes),
        COLUMNS,
        tuple(_values(row) for _, rows in groups for row in rows),
    )


def _groups(subjects: Sequence[Subject]) -> list[tuple[str, list[_Row]]]:
    """By perspective and modality, those of which anything was run."""
    found: dict[tuple[str, str], list[_Row]] = {}
    titles: dict[str, str] = {}
    for perspective in {each.name: each for one in subjects for each in one.perspectives}.values():
        titles[perspective.name] = perspective.title
        for scenario in perspective.scenarios:
            rows = [_row(scenario, index, each) for index, each in enumerate(subjects)]
            found.setdefault((perspective.name, scenario.modality), []).extend(rows)
    kept = {key: rows for key, rows in found.items() if any(each.estimate for each in rows)}
    return [(f"{titles[name]}, {title_of(modality).lower()}", rows) for (name, modality), rows in kept.items()]


def _row(scenario: Scenario, series: int, subject: Subject) -> _Row:
    style = subject.names.style(scenario.address, scenario.headline)
    result = next((each for each in subject.scorecard.results if each.address == scenario.address), None)
    direction = next(each.direction for each in scenario.metrics if each.name == scenario.headline)
    estimate = result.estimate(scenario.headline) if result else None
    return _Row(scenario, series, subject.label, style.title, style.percent, direction, estimate)


def _ends(estimate: Estimate) -> list[float]:
    return [each for each in (estimate.value, estimate.low, estimate.high) if math.isfinite(each)]


def _x(scale: Scale, value: float) -> float:
    return LEFT + (RIGHT - LEFT) * scale.share(value)


def _axis(scale: Scale, top: float, bottom: float) -> Iterator[Shape]:
    for tick in scale.ticks:
        x = _x(scale, tick)
        yield Line(((x, top), (x, bottom)), "line")
        yield Words(x, bottom + 18, scale.text(tick, percent=True), 11, "muted", "middle")
    yield Words((LEFT + RIGHT) / 2, bottom + 36, "share, or score (1 = 100%)", 11, "muted", "middle")


def _drawn(row: _Row, scale: Scale, y: float, *, name: bool) -> Iterator[Shape]:
    middle = y + ROW / 2
    if name:
        yield Words(28, middle + 4, shortened(row.scenario.title, 34))
    if row.estimate is None:
        yield Words(RIGHT + 16, middle + 4, "not run", paint="muted")
        return
    estimate = row.estimate
    if math.isfinite(estimate.value) and abs(estimate.value) <= HELD:
        if math.isfinite(estimate.low) and math.isfinite(estimate.high):
            low, high = _x(scale, estimate.low), _x(scale, estimate.high)
            paint = f"series-{row.series % 8}"
            yield Line(((low, middle), (high, middle)), paint, 1.8)
            for end in (low, high):
                yield Line(((end, middle - 4), (end, middle + 4)), paint, 1.8)
        yield mark(row.series, _x(scale, estimate.value), middle)
    text = estimate_text(estimate, percent=row.percent)
    missing = f", {estimate.missing:,} missing" if estimate.missing else ""
    way = f"{row.quantity}, {row.direction} is better" if row.direction != "neither" else row.quantity
    yield Words(RIGHT + 16, middle + 4, f"{text}{missing}", bold=True)
    if name:
        yield Words(RIGHT + 190, middle + 4, shortened(way, 62), 11, "muted")


def _values(row: _Row) -> tuple[str | float | None, ...]:
    e = row.estimate
    numbers = (e.value, e.low, e.high, e.n, e.missing) if e else (None,) * 5
    named = (row.scenario.address, row.scenario.title, row.model, row.scenario.headline, row.quantity, row.direction)
    return (*named, *numbers)


def _text(groups: Sequence[tuple[str, list[_Row]]]) -> str:
    parts = []
    for title, rows in groups:
        shown = ", ".join(
            f"{row.scenario.title} {estimate_text(row.estimate, percent=row.percent) if row.estimate else 'not run'}"
            for row in rows
        )
        parts.append(f"{title}: {shown}.")
    return " ".join(parts)
