"""The marks of several runs with their names, above a figure."""

from __future__ import annotations

from collections.abc import Sequence

from mmdt.report.figures.drawing import DASHES, Line, Shape, Words, letters, mark, shortened

LINE = 22.0
"""Height in pixels of a line of the legend."""
LONGEST = 48


def legend(labels: Sequence[str], left: float, top: float, right: float) -> tuple[list[Shape], float]:
    """The shapes, and the y below them; nothing for a single run."""
    if len(labels) < 2:
        return [], top
    shapes: list[Shape] = []
    x, y = left, top + LINE / 2
    for index, label in enumerate(labels):
        name = shortened(label, LONGEST)
        width = 50 + letters(name, 12)
        if x + width > right and x > left:
            x, y = left, y + LINE
        shapes.append(Line(((x, y), (x + 26, y)), f"series-{index % 8}", 1.6, DASHES[index % 8]))
        shapes.append(mark(index, x + 13, y))
        shapes.append(Words(x + 32, y + 4, name))
        x += width
    return shapes, y + LINE
