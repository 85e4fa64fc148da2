"""Radar: a spoke for each headline, from its worst value in the middle to its best at the rim; a line for each run."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from textwrap import wrap

from mmdt.report.figures.axes import COLUMNS, HeadlineAxis, headline_axes, rows
from mmdt.report.figures.drawing import DASHES, Drawing, Line, Point, Shape, Words, mark
from mmdt.report.figures.legend import legend
from mmdt.report.figures.subject import Subject

WIDTH, RADIUS = 900.0, 200.0
LEAST = 3
"""Fewer spokes make no radar."""
TITLE = "Where each headline is between its worst and its best value"


def radar(subjects: Sequence[Subject]) -> Drawing | None:
    """The radar of one or several runs; None for fewer than three headlines with a value."""
    axes = [each for each in headline_axes(subjects) if any(each.standings)]
    if len(axes) < LEAST:
        return None
    shapes, y = legend([each.label for each in subjects], 16, 34, WIDTH)
    centre = (WIDTH / 2, y + 70 + RADIUS)
    shapes += [Words(16, 24, TITLE, 16, bold=True), *_web(axes, centre)]
    for index in range(len(subjects)):
        shapes += _run(axes, index, centre, intervals=len(subjects) == 1)
    note = (
        "Middle: worst value, rim: best value of each. The area means nothing: it depends on the order of the spokes."
    )
    height = centre[1] + RADIUS + 110
    shapes.append(Words(WIDTH / 2, height - 16, note, 11, "muted", "middle"))
    return Drawing("radar", TITLE, _text(axes, subjects), WIDTH, height, tuple(shapes), COLUMNS, rows(axes, subjects))


def _at(centre: Point, place: int, spokes: int, share: float) -> Point:
    angle = 2 * math.pi * place / spokes
    return centre[0] + RADIUS * share * math.sin(angle), centre[1] - RADIUS * share * math.cos(angle)


def _web(axes: Sequence[HeadlineAxis], centre: Point) -> Iterator[Shape]:
    count = len(axes)
    for share in (0.25, 0.5, 0.75, 1.0):
        ring = tuple(_at(centre, place, count, share) for place in range(count + 1))
        yield Line(ring, "line" if share < 1 else "muted")
    for place, axis in enumerate(axes):
        end = _at(centre, place, count, 1.0)
        yield Line((centre, end), "line")
        yield from _label(axis, _at(centre, place, count, 1.07), place, count)


def _label(axis: HeadlineAxis, at: Point, place: int, count: int) -> Iterator[Shape]:
    side = math.sin(2 * math.pi * place / count)
    anchor = "middle" if abs(side) < 0.15 else "start" if side > 0 else "end"
    lines = [(line, "ink") for line in wrap(f"{axis.perspective}, {axis.modality.lower()}", 34)]
    lines += [(line, "muted") for line in wrap(axis.quantity, 34)]
    up = math.cos(2 * math.pi * place / count)
    top = at[1] - 13 * (len(lines) - 1) * (1 + up) / 2 + 4
    for index, (line, paint) in enumerate(lines):
        yield Words(at[0], top + 13 * index, line, 11, paint, anchor)


def _run(axes: Sequence[HeadlineAxis], index: int, centre: Point, *, intervals: bool) -> Iterator[Shape]:
    """The line of a run, broken where a headline has no value; its marks, and the intervals of a single run."""
    count, paint = len(axes), f"series-{index % 8}"
    known = [axis.standings[index] for axis in axes]
    for place, each in enumerate(known):
        following = known[(place + 1) % count]
        if each and following:
            ends = (_at(centre, place, count, each.share), _at(centre, place + 1, count, following.share))
            yield Line(ends, paint, 1.8, DASHES[index % 8])
    for place, each in enumerate(known):
        if each:
            if intervals and not math.isnan(each.low + each.high):
                yield Line((_at(centre, place, count, each.low), _at(centre, place, count, each.high)), paint, 4.0)
            yield mark(index, *_at(centre, place, count, each.share))


def _text(axes: Sequence[HeadlineAxis], subjects: Sequence[Subject]) -> str:
    parts = []
    for subject_index, subject in enumerate(subjects):
        shown = ", ".join(
            f"{axis.title} {each.headline.view.text if (each := axis.standings[subject_index]) else 'no value'}"
            for axis in axes
        )
        parts.append(f"{subject.label}: {shown}.")
    return f"Radar of headlines. {' '.join(parts)}"
