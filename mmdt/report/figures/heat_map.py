"""Heat map: a row for each perspective's quantity, a column for each modality and run; darker is further from best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mmdt.report.figures.axes import COLUMNS, HeadlineAxis, headline_axes, rows
from mmdt.report.figures.drawing import Area, Drawing, Shape, Words, box, hatched, letters, shortened
from mmdt.report.figures.subject import Subject
from mmdt.report.standing import Standing

LABEL, CELL, ROW, TOP = 330.0, 170.0, 46.0, 92.0
LEVELS = 5
DARK = 3
"""From this level on, words are light."""
TITLE = "How far each headline is from its best value"


def heat_map(subjects: Sequence[Subject]) -> Drawing | None:
    """The heat map of one or several runs; None where no headline has a value."""
    axes = headline_axes(subjects)
    if not any(each for axis in axes for each in axis.standings):
        return None
    lines = list(dict.fromkeys((axis.perspective, axis.quantity) for axis in axes))
    modalities = list(dict.fromkeys(axis.modality for axis in axes))
    width = LABEL + CELL * len(modalities) * len(subjects) + 16
    height = TOP + ROW * len(lines) + 56
    shapes: list[Shape] = [Words(16, 24, TITLE, 16, bold=True)]
    shapes += _heads(modalities, subjects)
    by_place = {(axis.perspective, axis.quantity, axis.modality): axis for axis in axes}
    for index, (perspective, quantity) in enumerate(lines):
        y = TOP + ROW * index
        shapes += [
            Words(16, y + 19, shortened(perspective, 40), 13, bold=True),
            Words(16, y + 36, shortened(quantity, 44), 11, "muted"),
        ]
        for place, modality in enumerate(modalities):
            axis = by_place.get((perspective, quantity, modality))
            left = LABEL + CELL * len(subjects) * place
            shapes += _cells(axis, len(subjects), left, y)
    shapes += _key(TOP + ROW * len(lines) + 18)
    return Drawing(
        "heat-map", TITLE, _text(axes, subjects), width, height, tuple(shapes), COLUMNS, rows(axes, subjects)
    )


def _heads(modalities: Sequence[str], subjects: Sequence[Subject]) -> Iterator[Shape]:
    for place, modality in enumerate(modalities):
        left = LABEL + CELL * len(subjects) * place
        yield Words(left + CELL * len(subjects) / 2, 56, modality, 13, anchor="middle", bold=True)
        if len(subjects) > 1:
            for index, subject in enumerate(subjects):
                name = shortened(subject.label, 24)
                size = min(11.0, 11.0 * (CELL - 8) / max(1.0, letters(name, 11)))
                yield Words(left + CELL * (index + 0.5), 78, name, size, "muted", "middle")


def _cells(axis: HeadlineAxis | None, number: int, left: float, y: float) -> Iterator[Shape]:
    for index in range(number):
        x = left + CELL * index
        standing = axis.standings[index] if axis else None
        if standing is not None:
            yield from _cell(standing, x, y)
        elif axis is not None:
            yield from hatched(x, y, x + CELL - 4, y + ROW - 4)
            yield Area(box(x + CELL / 2 - 38, y + 12, x + CELL / 2 + 34, y + 31), "paper")
            yield Words(x + CELL / 2 - 2, y + 26, "no value", 12, "muted", "middle")


def _cell(standing: Standing, x: float, y: float) -> Iterator[Shape]:
    level = level_of(standing.share)
    paint = "on-dark" if level >= DARK else "on-light"
    middle = x + CELL / 2 - 2
    yield Area(box(x, y, x + CELL - 4, y + ROW - 4), f"heat-{level}", "line")
    yield Words(middle, y + 19, standing.headline.view.value, 14, paint, "middle", bold=True)
    yield Words(middle, y + 35, standing.headline.view.interval or "no interval", 11, paint, "middle")


def level_of(share: float) -> int:
    """0 for the best fifth, 4 for the worst."""
    return min(LEVELS - 1, int((1 - share) * LEVELS))


def _key(y: float) -> Iterator[Shape]:
    yield Words(16, y + 14, "Shade: from the best value", 11, "muted")
    x = 180.0
    for level in range(LEVELS):
        yield Area(box(x, y + 2, x + 30, y + 18), f"heat-{level}", "line")
        x += 32
    yield Words(x + 6, y + 14, "to the worst. Quantities differ: compare within a row.", 11, "muted")


def _text(axes: Sequence[HeadlineAxis], subjects: Sequence[Subject]) -> str:
    parts = []
    for axis in axes:
        for subject, each in zip(subjects, axis.standings, strict=True):
            of = f"{subject.label}, " if len(subjects) > 1 else ""
            parts.append(f"{of}{axis.title} {each.headline.view.text if each else 'no value'}")
    return f"Heat map of headlines. {'; '.join(parts)}."
