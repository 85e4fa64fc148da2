"""A plot of a trade-off: two axes with their better direction, and a mark with two intervals for each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Direction
from mmdt.core.trade_off import Side
from mmdt.report.names import DisplayNames
from mmdt.report.plot.labels import Rectangle
from mmdt.report.plot.marks import Mark, marks
from mmdt.report.plot.plane import Plane
from mmdt.report.wording import ARROWS
from mmdt.stats.trade_offs import Coordinate, Point

Size = tuple[float, float]
ALONE: Size = (460.0, 380.0)
"""Width and height in pixels of a plot with one model."""
TOGETHER: Size = (580.0, 450.0)
"""Width and height in pixels of a plot with several models."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A number along an axis, and its position in pixels."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class AxisTitle:
    """The text along an axis."""

    title: str
    direction: str
    arrow: str


@dataclass(frozen=True, slots=True)
class BetterCorner:
    """The marker in the margin of the corner where both numbers are better; ``arrow`` is an SVG path."""

    x: float
    y: float
    anchor: str
    arrow: str


@dataclass(frozen=True, slots=True)
class Plot:
    """One trade-off of one or several models, in pixels."""

    name: str
    title: str
    about: str
    width: float
    height: float
    frame: Rectangle
    across: AxisTitle
    up: AxisTitle
    across_ticks: tuple[Tick, ...]
    up_ticks: tuple[Tick, ...]
    better: BetterCorner | None
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """A description of the plot for screen readers."""
        points = (
            f"{each.name}{': ' if each.name else ''}{self.across.title} {each.across.estimate.text}, "
            f"{self.up.title} {each.up.estimate.text}"
            for each in self.marks
        )
        return f"{self.title}, with 95 % intervals. {'; '.join(points)}."


def plots(
    points: Iterable[Point], names: DisplayNames, size: Size = ALONE, order: Sequence[str] = ()
) -> tuple[Plot, ...]:
    """A plot for each trade-off, with all its points. ``order``: the n-th model has the n-th shape."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.trade_off.name, []).append(point)
    return tuple(_plot(each, names, size, order) for each in found.values())


def _plot(points: Sequence[Point], names: DisplayNames, size: Size, order: Sequence[str]) -> Plot:
    declared, across, up = points[0].trade_off, points[0].across, points[0].up
    plane = Plane.of(*size, [each.across.estimate for each in points], [each.up.estimate for each in points])
    return Plot(
        name=declared.name,
        title=declared.title,
        about=declared.about,
        width=plane.width,
        height=plane.height,
        frame=plane.frame,
        across=_axis_title(declared.across, across, names),
        up=_axis_title(declared.up, up, names),
        across_ticks=tuple(
            Tick(plane.x(each), plane.across.text(each, percent=_percent(across, names))) for each in plane.across.ticks
        ),
        up_ticks=tuple(
            Tick(plane.y(each), plane.up.text(each, percent=_percent(up, names))) for each in plane.up.ticks
        ),
        better=_better(plane, across.estimate.direction, up.estimate.direction),
        marks=marks(points, names, plane, order),
    )


def _percent(found: Coordinate, names: DisplayNames) -> bool:
    return names.style(found.result.address, found.estimate.metric).percent


def _axis_title(side: Side, found: Coordinate, names: DisplayNames) -> AxisTitle:
    direction = found.estimate.direction
    way = names.style(found.result.address, found.estimate.metric).way(direction)
    return AxisTitle(side.title, way, ARROWS[direction])


def _better(plane: Plane, across: Direction, up: Direction) -> BetterCorner | None:
    """In the margin, where there are no marks; None if one of the numbers has no better direction."""
    if "neither" in (across, up):
        return None
    right, top = across == "higher", up == "higher"
    outwards, down = (1 if right else -1), (-1 if top else 1)
    x, y = (plane.width - 13 if right else 13), (12 if top else plane.height - 12)
    line, head = f"l{10 * outwards} {10 * down}", f"m{-7 * outwards} 0h{7 * outwards}v{-7 * down}"
    arrow = f"M{x - 5 * outwards:g} {y - 5 * down:g}{line}{head}"
    return BetterCorner(x - 12 * outwards, y + 4, "end" if right else "start", arrow)
