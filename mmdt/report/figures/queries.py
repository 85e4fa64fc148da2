"""Success over queries: what share of the attacked cases had fallen after each number of queries."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from mmdt.errors import UsageError
from mmdt.report.figures.drawing import DASHES, Area, Drawing, Line, Point, Shape, Words, mark
from mmdt.report.figures.legend import legend
from mmdt.report.plot.scale import Scale
from mmdt.stats.intervals.wilson import wilson

WIDTH, LEFT, RIGHT, HIGH = 760.0, 70.0, 730.0, 330.0
COLUMNS = ("label", "queries", "successes", "cases", "share", "low", "high")
TITLE = "Success over queries"
Place = Callable[[float, float], Point]
"""From queries and a share to pixels."""


@dataclass(frozen=True, slots=True)
class Attacked:
    """What an attack did to a number of cases.

    ``queries``: for each case, with how many queries the attack first succeeded; None where it did not within
    ``budget`` queries. Cases whose attack broke off are left out, and counted in ``missing``.
    """

    label: str
    queries: tuple[int | None, ...]
    budget: int
    missing: int = 0

    def __post_init__(self) -> None:
        if not self.queries:
            raise UsageError("no attacked cases", where=self.label, hint="give the queries of at least one case")
        wrong = [each for each in self.queries if each is not None and not 1 <= each <= self.budget]
        if wrong:
            raise UsageError(
                f"a success needs from 1 to {self.budget} queries, got {wrong[0]}",
                where=self.label,
                hint="count queries from 1, and give None for a case without success",
            )

    def steps(self) -> list[tuple[int, int, float, float, float]]:
        """Queries, successes by then, their share and its Wilson interval, wherever it rises, from 0 to budget."""
        found = sorted(each for each in self.queries if each is not None)
        places = sorted({0, *found, self.budget})
        steps = []
        for place in places:
            successes = sum(each <= place for each in found)
            low, high = wilson(successes, len(self.queries))
            steps.append((place, successes, successes / len(self.queries), low, high))
        return steps


def success_curves(attacks: Sequence[Attacked]) -> Drawing:
    """A rising line for each attack, with its 95 % interval at each number of queries (pointwise, Wilson).

    Raises UsageError without attacks.
    """
    if not attacks:
        raise UsageError("no attacks to draw", hint="give one or more results of attacks")
    shapes, y = legend([each.label for each in attacks], 16, 34, WIDTH)
    top, bottom = y + 12, y + 12 + HIGH
    across, up = Scale.of([0, *(each.budget for each in attacks)]), Scale.of([0.0, 1.0])

    def at(queries: float, share: float) -> Point:
        return LEFT + (RIGHT - LEFT) * across.share(queries), bottom - (bottom - top) * up.share(share)

    shapes = [Words(16, 24, TITLE, 16, bold=True), *shapes, *_axes(across, up, top, bottom)]
    if len(attacks) == 1:
        shapes.append(_band(attacks[0], at))
    for index, attack in enumerate(attacks):
        shapes += _curve(attack, index, at, intervals=len(attacks) > 1)
    missing = sum(each.missing for each in attacks)
    note = "95 % intervals at each number of queries" + (f"; {missing:,} cases missing" if missing else "")
    shapes.append(Words((LEFT + RIGHT) / 2, bottom + 56, note, 11, "muted", "middle"))
    rows = tuple(
        (each.label, q, s, len(each.queries), p, low, high) for each in attacks for q, s, p, low, high in each.steps()
    )
    ends = "; ".join(
        f"{each.label}: {100 * each.steps()[-1][2]:.1f}% after {each.budget:,} queries" for each in attacks
    )
    return Drawing("success-over-queries", TITLE, f"{TITLE}. {ends}.", WIDTH, bottom + 70, tuple(shapes), COLUMNS, rows)


def _axes(across: Scale, up: Scale, top: float, bottom: float) -> Iterator[Shape]:
    for tick in up.ticks:
        y = bottom - (bottom - top) * up.share(tick)
        yield Line(((LEFT, y), (RIGHT, y)), "line")
        yield Words(LEFT - 8, y + 4, up.text(tick, percent=True), 11, "muted", "end")
    for tick in across.ticks:
        x = LEFT + (RIGHT - LEFT) * across.share(tick)
        yield Line(((x, bottom), (x, bottom + 5)), "muted")
        yield Words(x, bottom + 20, across.text(tick, percent=False), 11, "muted", "middle")
    yield Line(((LEFT, top), (LEFT, bottom), (RIGHT, bottom)), "muted")
    text = "across: queries of the model for each case; up: share of the cases that fell"
    yield Words((LEFT + RIGHT) / 2, bottom + 38, text, 12, anchor="middle")


def _stairs(points: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """A step function: each value holds until the next point."""
    found = [points[0]]
    for (_, before), (x, y) in pairwise(points):
        found += [(x, before), (x, y)]
    return found


def _band(attack: Attacked, at: Place) -> Area:
    steps = attack.steps()
    lower = _stairs([(q, low) for q, _, _, low, _ in steps])
    upper = _stairs([(q, high) for q, _, _, _, high in steps])
    return Area(tuple(at(*each) for each in [*upper, *reversed(lower)]), "soft", clear=0.5)


def _curve(attack: Attacked, index: int, at: Place, *, intervals: bool) -> Iterator[Shape]:
    steps = attack.steps()
    paint = f"series-{index % 8}"
    yield Line(tuple(at(*each) for each in _stairs([(q, p) for q, _, p, _, _ in steps])), paint, 2.0, DASHES[index % 8])
    end = steps[-1]
    if intervals:
        yield Line((at(end[0], end[3]), at(end[0], end[4])), paint, 1.5)
    yield mark(index, *at(end[0], end[2]))
