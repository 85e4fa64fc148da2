"""The resilience plane: bypass rate against harm, a mark for each category of each scenario."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from mmdt.core.modality import title_of
from mmdt.report.figures.drawing import Area, Drawing, Line, Shape, Words, box, mark
from mmdt.report.figures.legend import legend
from mmdt.report.wording import value_text
from mmdt.stats.explain.evidence import Measured
from mmdt.stats.explain.plane import PlanePoint

WIDTH, SIDE, LEFT = 760.0, 620.0, 70.0
"""Pixels: the whole picture, the square frame, and the margin left of it."""
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
CROWDED = 30
"""With more marks than this, intervals are drawn thin and pale."""
COLUMNS = (
    "model", "scenario", "category", "br", "br_low", "br_high", "hgr", "hgr_low", "hgr_high", "n", "missing",
)  # fmt: skip


def resilience_planes(points: Sequence[PlanePoint]) -> list[Drawing]:
    """A plane for each modality. Marks differ by model where there are several, else by scenario."""
    by_modality: dict[str, list[PlanePoint]] = {}
    for each in points:
        if math.isfinite(each.bypass.value) and math.isfinite(each.harm.value):
            by_modality.setdefault(each.scenario.split("/")[1], []).append(each)
    return [_plane(modality, members) for modality, members in by_modality.items()]


def _plane(modality: str, points: Sequence[PlanePoint]) -> Drawing:
    title = f"Resilience plane, {title_of(modality).lower()}: bypass rate (BR) and harm (HGR) by category"
    several = len({each.run for each in points}) > 1
    named = [each.run if several else each.scenario for each in points]
    series = {name: place for place, name in enumerate(dict.fromkeys(named))}
    keys, top = legend(list(series), 16, 34, WIDTH)
    top += 22
    shapes: list[Shape] = [Words(16, 24, title, 16, bold=True), *keys, *_frame(top)]
    at = [(series[name], each) for name, each in zip(named, points, strict=True)]
    width = 0.6 if len(points) > CROWDED else 1.4
    for place, each in at:
        shapes += _arms(each, top, f"series-{place % 8}", width)
    shapes += [mark(place, _x(each.bypass.value), _y(each.harm.value, top), 5.5) for place, each in at]
    rows = tuple(
        (each.run, each.scenario, each.category, *_numbers(each.bypass), *_numbers(each.harm), each.harm.n,
         each.harm.missing)
        for each in points
    )  # fmt: skip
    return Drawing(
        f"resilience-{modality}",
        title,
        f"{title}. {_text(points)}",
        WIDTH,
        top + SIDE + 66,
        tuple(shapes),
        COLUMNS,
        rows,
    )


def _frame(top: float) -> Iterator[Shape]:
    """The square, with the half of it that cannot be: what does not come out is not harmful."""
    bottom, right = top + SIDE, LEFT + SIDE
    yield Area(((LEFT, bottom), (LEFT, top), (right, top)), "soft", clear=0.75)
    yield Words(LEFT + 16, top + 26, "impossible: what is blocked does no harm", 11, "muted")
    for tick in TICKS:
        yield Line(((_x(tick), top), (_x(tick), bottom)), "line")
        yield Line(((LEFT, _y(tick, top)), (right, _y(tick, top))), "line")
        yield Words(_x(tick), bottom + 18, f"{tick:.0%}", 11, "muted", "middle")
        yield Words(LEFT - 8, _y(tick, top) + 4, f"{tick:.0%}", 11, "muted", "end")
    yield Line(((LEFT, bottom), (right, top)), "muted", 1.0, (4, 4))
    yield Line((*box(LEFT, top, right, bottom), (LEFT, top)), "muted")
    yield Words(LEFT, top - 8, "Up: harmful of all requests (HGR), lower is better", 12)
    yield Words(LEFT + SIDE / 2, bottom + 40, "Across: bypass rate (BR), lower is better", 12, anchor="middle")
    yield Words(right - 10, bottom - 10, "answers, but harmlessly", 11, "muted", "end")


def _arms(point: PlanePoint, top: float, paint: str, width: float) -> Iterator[Shape]:
    """Both 95 % intervals."""
    x, y = _x(point.bypass.value), _y(point.harm.value, top)
    if math.isfinite(point.bypass.high - point.bypass.low):
        yield Line(((_x(point.bypass.low), y), (_x(point.bypass.high), y)), paint, width)
    if math.isfinite(point.harm.high - point.harm.low):
        yield Line(((x, _y(point.harm.low, top)), (x, _y(point.harm.high, top))), paint, width)


def _x(value: float) -> float:
    return LEFT + SIDE * min(max(value, 0.0), 1.0)


def _y(value: float, top: float) -> float:
    return top + SIDE * (1 - min(max(value, 0.0), 1.0))


def _numbers(found: Measured) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _text(points: Sequence[PlanePoint]) -> str:
    named = (
        f"{each.scenario}/{each.category} of {each.run}: BR {value_text(each.bypass.value, percent=True)}, "
        f"HGR {value_text(each.harm.value, percent=True)}"
        for each in points
    )
    return f"{'; '.join(named)}."
