"""Marks of a plot: a shape for each model, told apart without colour, with its intervals, its label and its numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.report.html.figure import Figure, figure
from mmdt.report.names import Names
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.labels import Box, Label, Spot, place, shortened
from mmdt.report.plot.plane import Arm, Plane
from mmdt.stats.trade_offs import Coordinate, Point

REACH = 7.0
"""Half the side of a mark, in pixels."""
SHAPES = (
    "M0-5.6A5.6 5.6 0 1 1 0 5.6A5.6 5.6 0 1 1 0-5.6Z",
    "M-5-5H5V5H-5Z",
    "M0-7L6.2 4.6H-6.2Z",
    "M0-7L6.4 0L0 7L-6.4 0Z",
    "M0 7L6.2-4.6H-6.2Z",
    "M-2-6.5H2V-2H6.5V2H2V6.5H-2V2H-6.5V-2H-2Z",
    "M0-7L1.7-2.3L6.7-2.2L2.7.9L4.1 5.7L0 2.8L-4.1 5.7L-2.7.9L-6.7-2.2L-1.7-2.3Z",
    "M-3.2-6H3.2L6.4 0L3.2 6H-3.2L-6.4 0Z",
)
"""Outlines around (0, 0): circle, square, triangle, diamond, triangle upside down, cross, star, hexagon."""


@dataclass(frozen=True, slots=True)
class Number:
    """One number of a mark in words, where on the scorecard it stands, and whether that is not what is asked for first.

    ``scope`` is how the report's page addresses the cases behind it.
    """

    figure: Figure
    title: str
    scope: str
    stand_in: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One model: its point in pixels, the arms of its intervals (None without one), its label and its numbers."""

    name: str
    shape: str
    css: str
    x: float
    y: float
    x_arm: Arm | None
    y_arm: Arm | None
    across: Number
    up: Number
    label: Label | None = None


def marks(points: Sequence[Point], names: Names, plane: Plane, order: Sequence[str] = ()) -> tuple[Mark, ...]:
    """A mark for each point; labels only where there are several. ``order``: models by the shape they have."""
    shapes = {model: index for index, model in enumerate(order or [each.model for each in points])}
    found = [_mark(shapes[point.model], point, names, plane) for point in points]
    if len(found) < 2:
        return tuple(found)
    labels = place([_spot(each) for each in found], plane.frame, REACH)
    return tuple(replace(mark, label=label) for mark, label in zip(found, labels, strict=True))


def css_of(index: int) -> str:
    """The classes of the n-th mark: after the last shape they start again, hollow."""
    return f"series-{index % len(SHAPES)}" + (" hollow" if index // len(SHAPES) % 2 else "")


def _mark(index: int, point: Point, names: Names, plane: Plane) -> Mark:
    across, up = point.across.estimate, point.up.estimate
    return Mark(
        name=point.model,
        shape=SHAPES[index % len(SHAPES)],
        css=css_of(index),
        x=plane.x(across.value),
        y=plane.y(up.value),
        x_arm=plane.x_arm(across),
        y_arm=plane.y_arm(up),
        across=_number(point.across, point.trade_off.across.of[0], names),
        up=_number(point.up, point.trade_off.up.of[0], names),
    )


def _number(found: Coordinate, asked: str, names: Names) -> Number:
    address, estimate = found.result.address, found.estimate
    style = names.style(address, estimate.metric)
    scope = f"summary:{address}" if found.result.level == "summary" else address
    shown = figure(estimate, style, Axis.of([estimate]))
    return Number(shown, found.result.title, scope, address != asked)


def _spot(mark: Mark) -> Spot:
    arms = []
    if mark.x_arm:
        arms.append(Box(mark.x_arm[0], mark.y - 1, mark.x_arm[1], mark.y + 1))
    if mark.y_arm:
        arms.append(Box(mark.x - 1, mark.y_arm[1], mark.x + 1, mark.y_arm[0]))
    return Spot(mark.x, mark.y, shortened(mark.name), tuple(arms))
