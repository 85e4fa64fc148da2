"""A trade-off as it is drawn: two axes that say which way is better, and a mark with two intervals for each model."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mmdt.core.estimate import Direction
from mmdt.core.trade_off import Side
from mmdt.report.names import Names
from mmdt.report.plot.labels import Box
from mmdt.report.plot.marks import Mark, marks
from mmdt.report.plot.plane import Plane
from mmdt.report.wording import ARROWS, DIRECTIONS
from mmdt.stats.trade_offs import Coordinate, Point

Size = tuple[float, float]
ALONE: Size = (460.0, 380.0)
"""Width and height in pixels of a plot with one model, and of one in which several are told apart."""
TOGETHER: Size = (580.0, 450.0)


@dataclass(frozen=True, slots=True)
class Tick:
    """A number along an axis, and where it stands in pixels."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class AxisText:
    """What stands along an axis."""

    title: str
    direction: str
    arrow: str


@dataclass(frozen=True, slots=True)
class Better:
    """The word and the arrow in the margin at the corner where both numbers are better; ``arrow`` is a path."""

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
    frame: Box
    across: AxisText
    up: AxisText
    across_ticks: tuple[Tick, ...]
    up_ticks: tuple[Tick, ...]
    better: Better | None
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """The picture in words, for those who do not see it."""
        points = (
            f"{each.name}{': ' if each.name else ''}{self.across.title} {each.across.figure.text}, "
            f"{self.up.title} {each.up.figure.text}"
            for each in self.marks
        )
        return f"{self.title}, with 95 % intervals. {'; '.join(points)}."


def plots(points: Iterable[Point], names: Names, size: Size = ALONE, order: Sequence[str] = ()) -> tuple[Plot, ...]:
    """A plot for each trade-off, with all its points. ``order``: models, the n-th of which has the n-th shape."""
    found: dict[str, list[Point]] = {}
    for point in points:
        found.setdefault(point.trade_off.name, []).append(point)
    return tuple(_plot(each, names, size, order) for each in found.values())


def _plot(points: Sequence[Point], names: Names, size: Size, order: Sequence[str]) -> Plot:
    declared, across, up = points[0].trade_off, points[0].across, points[0].up
    plane = Plane.of(*size, [each.across.estimate for each in points], [each.up.estimate for each in points])
    return Plot(
        name=declared.name,
        title=declared.title,
        about=declared.about,
        width=plane.width,
        height=plane.height,
        frame=plane.frame,
        across=_axis_text(declared.across, across.estimate.direction),
        up=_axis_text(declared.up, up.estimate.direction),
        across_ticks=tuple(
            Tick(plane.x(each), plane.across.text(each, percent=_percent(across, names))) for each in plane.across.ticks
        ),
        up_ticks=tuple(
            Tick(plane.y(each), plane.up.text(each, percent=_percent(up, names))) for each in plane.up.ticks
        ),
        better=_better(plane, across.estimate.direction, up.estimate.direction),
        marks=marks(points, names, plane, order),
    )


def _percent(found: Coordinate, names: Names) -> bool:
    return names.style(found.result.address, found.estimate.metric).percent


def _axis_text(side: Side, direction: Direction) -> AxisText:
    return AxisText(side.title, DIRECTIONS[direction], ARROWS[direction])


def _better(plane: Plane, across: Direction, up: Direction) -> Better | None:
    """In the margin, where no mark can be; None where one of the numbers has no better side."""
    if "neither" in (across, up):
        return None
    right, top = across == "higher", up == "higher"
    outwards, down = (1 if right else -1), (-1 if top else 1)
    x, y = (plane.width - 13 if right else 13), (12 if top else plane.height - 12)
    line, head = f"l{10 * outwards} {10 * down}", f"m{-7 * outwards} 0h{7 * outwards}v{-7 * down}"
    arrow = f"M{x - 5 * outwards:g} {y - 5 * down:g}{line}{head}"
    return Better(x - 12 * outwards, y + 4, "end" if right else "start", arrow)
