"""Numbers over severity: a line for each corruption or style of one run, or for each of several runs."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Metric, Scenario
from mmdt.errors import UsageError
from mmdt.report.figures.drawing import DASHES, Drawing, Line, Point, Shape, Words, mark
from mmdt.report.figures.legend import legend
from mmdt.report.figures.subject import Subject
from mmdt.report.plot.scale import Scale
from mmdt.stats.metrics import ClusteredMean

WIDTH, LEFT, RIGHT, HIGH = 760.0, 70.0, 730.0, 300.0
APART = 7.0
"""Pixels between the marks of two lines, so that their intervals do not hide each other."""
COLUMNS = ("address", "scenario", "model", "severity", "metric", "value", "low", "high", "n")
CLEAN = 0.0
"""The place of the clean cases."""


@dataclass(frozen=True, slots=True)
class Curve:
    """A scenario of a run. ``points``: severity and number, the clean cases first where the run has them."""

    label: str
    scenario: Scenario
    model: str
    points: tuple[tuple[float, Estimate], ...]


def severity_curves(subjects: Sequence[Subject]) -> list[Drawing]:
    """One run: a picture for each perspective and modality. Several: a picture for each scenario with all of them."""
    several = len(subjects) > 1
    found: dict[str, list[Curve]] = {}
    for subject in subjects:
        for perspective in subject.perspectives:
            for scenario in perspective.scenarios:
                points = tuple(_points(subject, scenario))
                if points:
                    label = subject.label if several else scenario.title
                    place = scenario.address if several else scenario.address.rpartition("/")[0]
                    found.setdefault(place, []).append(Curve(label, scenario, subject.label, points))
    return [_drawing(place, curves, several=several) for place, curves in found.items()]


def _points(subject: Subject, scenario: Scenario) -> Iterator[tuple[float, Estimate]]:
    """The numbers that have a value; none where the scenario has none at any severity."""
    found = [(at, estimate) for metric, at in _at(scenario) if (estimate := _number(subject, scenario.address, metric))]
    if found:
        clean = _number(subject, scenario.baseline, scenario.headline) if scenario.baseline else None
        yield from [(CLEAN, clean)] if clean else []
        yield from found


def _at(scenario: Scenario) -> Iterator[tuple[str, float]]:
    """The names of the metrics that are about one severity, with it."""
    for metric in scenario.metrics:
        at = _severity(metric)
        if at is not None:
            yield metric.name, at


def _severity(metric: Metric) -> float | None:
    at = metric.estimate.at if isinstance(metric.estimate, ClusteredMean) else None
    return at[1] if at and at[0] == "severity" else None


def _number(subject: Subject, address: str, metric: str) -> Estimate | None:
    try:
        found = subject.scorecard.result(address).estimate(metric)
    except UsageError:
        return None
    return None if math.isnan(found.value) else found


def _drawing(place: str, curves: Sequence[Curve], *, several: bool) -> Drawing:
    first = curves[0].scenario
    title = f"{first.title}: accuracy over severity" if several else "Accuracy over severity"
    shapes, y = legend([each.label for each in curves], 16, 34, WIDTH)
    top, bottom = y + 12, y + 12 + HIGH
    across = Scale.of(sorted({at for each in curves for at, _ in each.points} | {CLEAN}))
    up = Scale.of([0.0, 1.0])

    def at(severity: float, value: float, index: int) -> Point:
        aside = APART * (index - (len(curves) - 1) / 2)
        return LEFT + 30 + (RIGHT - LEFT - 60) * across.share(severity) + aside, bottom - HIGH * up.share(value)

    shapes = [Words(16, 24, title, 16, bold=True), *shapes, *_axes(curves, across, up, top, bottom)]
    for index, curve in enumerate(curves):
        paint = f"series-{index % 8}"
        for severity, each in curve.points:
            if not math.isnan(each.high - each.low):
                shapes.append(Line((at(severity, each.low, index), at(severity, each.high, index)), paint, 1.2))
        line = tuple(at(severity, each.value, index) for severity, each in curve.points)
        shapes.append(Line(line, paint, 2.0, DASHES[index % 8]))
        shapes += [mark(index, *point, reach=4.0) for point in line]
    name = "severity-" + place.replace("/", "-")
    return Drawing(name, title, _text(title, curves), WIDTH, bottom + 62, tuple(shapes), COLUMNS, tuple(_rows(curves)))


def _axes(curves: Sequence[Curve], across: Scale, up: Scale, top: float, bottom: float) -> Iterator[Shape]:
    for tick in up.ticks:
        y = bottom - HIGH * up.share(tick)
        yield Line(((LEFT, y), (RIGHT, y)), "line")
        yield Words(LEFT - 8, y + 4, up.text(tick, percent=True), 11, "muted", "end")
    for severity in sorted({at for each in curves for at, _ in each.points}):
        x = LEFT + 30 + (RIGHT - LEFT - 60) * across.share(severity)
        yield Words(x, bottom + 20, f"{severity:g}" if severity else "clean", 11, "muted", "middle")
    yield Line(((LEFT, top), (LEFT, bottom), (RIGHT, bottom)), "muted")
    text = "across: severity; up: accuracy, with 95 % intervals"
    yield Words((LEFT + RIGHT) / 2, bottom + 42, text, 12, anchor="middle")


def _text(title: str, curves: Sequence[Curve]) -> str:
    parts = []
    for each in curves:
        values = ", ".join(f"{100 * found.value:.1f}% at {at:g}" for at, found in each.points)
        parts.append(f"{each.label} {values}")
    return f"{title} (0: clean). {'; '.join(parts)}."


def _rows(curves: Sequence[Curve]) -> Iterator[tuple[str | float | None, ...]]:
    for curve in curves:
        for at, each in curve.points:
            address = curve.scenario.address if at else curve.scenario.baseline
            yield (address, curve.scenario.title, curve.model, at, each.metric, each.value, each.low, each.high, each.n)
