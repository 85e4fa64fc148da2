"""Marks of a plot: each model has a shape (distinct without colour), intervals, a label and numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.report.estimate_view import EstimateView, estimate_view
from mmdt.report.names import DisplayNames
from mmdt.report.plot.axis import Axis
from mmdt.report.plot.labels import Label, LabeledPoint, Rectangle, place_labels, shortened
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
"""Outlines around (0, 0): circle, square, triangle, diamond, inverted triangle, cross, star, hexagon."""


@dataclass(frozen=True, slots=True)
class MarkValue:
    """One number of a mark, with the title of its result.

    ``scope``: how the report's page addresses the cases behind it. ``stand_in``: whether it replaces the first choice
    of its axis, which the run does not have.
    """

    estimate: EstimateView
    title: str
    scope: str
    stand_in: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """One model: its point in pixels, the arms of its intervals (None if there is none), its label and its numbers."""

    name: str
    shape: str
    css: str
    x: float
    y: float
    x_arm: Arm | None
    y_arm: Arm | None
    across: MarkValue
    up: MarkValue
    label: Label | None = None


def marks(points: Sequence[Point], names: DisplayNames, plane: Plane, order: Sequence[str] = ()) -> tuple[Mark, ...]:
    """A mark for each point, labelled if there are several. ``order``: models in the order of their shapes."""
    shapes = {model: index for index, model in enumerate(order or [each.model for each in points])}
    found = [_mark(shapes[point.model], point, names, plane) for point in points]
    if len(found) < 2:
        return tuple(found)
    labels = place_labels([_labeled_point(each) for each in found], plane.frame, REACH)
    return tuple(replace(mark, label=label) for mark, label in zip(found, labels, strict=True))


def css_of(index: int) -> str:
    """The CSS classes of the n-th mark; after the last shape, the shapes repeat as outlines."""
    return f"series-{index % len(SHAPES)}" + (" hollow" if index // len(SHAPES) % 2 else "")


def _mark(index: int, point: Point, names: DisplayNames, plane: Plane) -> Mark:
    across, up = point.across.estimate, point.up.estimate
    return Mark(
        name=point.model,
        shape=SHAPES[index % len(SHAPES)],
        css=css_of(index),
        x=plane.x(across.value),
        y=plane.y(up.value),
        x_arm=plane.x_arm(across),
        y_arm=plane.y_arm(up),
        across=_value(point.across, point.trade_off.across.of[0], names),
        up=_value(point.up, point.trade_off.up.of[0], names),
    )


def _value(found: Coordinate, first_choice: str, names: DisplayNames) -> MarkValue:
    address, estimate = found.result.address, found.estimate
    style = names.style(address, estimate.metric)
    scope = f"summary:{address}" if found.result.level == "summary" else address
    view = estimate_view(estimate, style, Axis.of([estimate]))
    return MarkValue(view, found.result.title, scope, address != first_choice)


def _labeled_point(mark: Mark) -> LabeledPoint:
    arms = []
    if mark.x_arm:
        arms.append(Rectangle(mark.x_arm[0], mark.y - 1, mark.x_arm[1], mark.y + 1))
    if mark.y_arm:
        arms.append(Rectangle(mark.x - 1, mark.y_arm[1], mark.x + 1, mark.y_arm[0]))
    return LabeledPoint(mark.x, mark.y, shortened(mark.name), tuple(arms))
