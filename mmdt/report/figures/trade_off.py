"""A trade-off's plane, such as bypass against harm, as a drawing for files."""

from __future__ import annotations

from collections.abc import Iterator

from mmdt.report.figures.drawing import Drawing, Line, Shape, Words, mark
from mmdt.report.figures.legend import legend
from mmdt.report.plot.plot import Plot

COLUMNS = ("trade_off", "model", "axis", "quantity", "direction", "value", "low", "high", "n", "missing")


def trade_off_drawing(plot: Plot) -> Drawing:
    """The plot of a trade-off, with all its models."""
    keys, down = legend([each.name for each in plot.marks], 16, 34, plot.width)
    shapes = [Words(16, 24, plot.title, 16, bold=True), *keys, *_moved(_shapes(plot), down)]
    rows = []
    for each in plot.marks:
        for axis, title, number in (("across", plot.across, each.across), ("up", plot.up, each.up)):
            e = number.estimate
            rows.append((plot.name, each.name, axis, title.title, title.direction, *e.numbers, e.n, e.missing))
    name = "trade-off-" + "".join(each if each.isalnum() else "-" for each in plot.name)
    size = (plot.width, plot.height + down)
    return Drawing(name, plot.title, plot.text, *size, tuple(shapes), COLUMNS, tuple(rows))


def _shapes(plot: Plot) -> Iterator[Shape]:
    frame = plot.frame
    for tick in plot.across_ticks:
        yield Line(((tick.at, frame.top), (tick.at, frame.bottom)), "line")
        yield Words(tick.at, frame.bottom + 18, tick.text, 11, "muted", "middle")
    for tick in plot.up_ticks:
        yield Line(((frame.left, tick.at), (frame.right, tick.at)), "line")
        yield Words(frame.left - 8, tick.at + 4, tick.text, 11, "muted", "end")
    yield Line(((frame.left, frame.top), (frame.left, frame.bottom), (frame.right, frame.bottom)), "muted")
    yield Words(frame.left, frame.top - 8, f"Up: {plot.up.title}, {plot.up.direction}", 12)
    across = f"Across: {plot.across.title}, {plot.across.direction}"
    yield Words((frame.left + frame.right) / 2, frame.bottom + 40, across, 12, anchor="middle")
    for index, each in enumerate(plot.marks):
        paint = f"series-{index % 8}"
        if each.x_arm:
            yield Line(((each.x_arm[0], each.y), (each.x_arm[1], each.y)), paint, 1.5)
        if each.y_arm:
            yield Line(((each.x, each.y_arm[0]), (each.x, each.y_arm[1])), paint, 1.5)
    for index, each in enumerate(plot.marks):
        yield mark(index, each.x, each.y, 6.0)


def _moved(shapes: Iterator[Shape], down: float) -> Iterator[Shape]:
    for each in shapes:
        if isinstance(each, Words):
            yield Words(each.x, each.y + down, each.text, each.size, each.paint, each.anchor, each.bold)
        elif isinstance(each, Line):
            yield Line(tuple((x, y + down) for x, y in each.points), each.paint, each.width, each.dash)
        else:
            points = tuple((x, y + down) for x, y in each.points)
            yield type(each)(points, each.fill, each.stroke, each.width, each.clear)
