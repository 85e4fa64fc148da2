"""The cases that two runs share, and how many each has alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from itertools import chain, groupby
from operator import add, attrgetter

from mmdt.core.score import Scored
from mmdt.stats.served import Served

Key = tuple[str, str]
"""Of a case: its cell and its id."""
NOT_IN_THE_OTHER = "the other run has no value"


@dataclass(frozen=True)
class Counts:
    """Of the cases of one or several cells: ``matched`` have something to compare in both runs, ``missing`` were asked
    in both and lack it in one of them, ``unmatched`` were asked in one run alone."""

    matched: int = 0
    missing: int = 0
    unmatched: int = 0

    @classmethod
    def sum(cls, several: Iterable[Counts]) -> Counts:
        found = list(several)
        return cls(
            sum(each.matched for each in found),
            sum(each.missing for each in found),
            sum(each.unmatched for each in found),
        )


@dataclass(frozen=True)
class Matching:
    """Two runs' outputs on the cases that count in both (``first``, ``second``) and on all that both were asked
    (``asked``); the counts by cell; ``partial``: by cell, the outputs in each run of matched cases of which one run
    lacks something; ``served``: by cell, who answered in each run."""

    first: tuple[Scored, ...]
    second: tuple[Scored, ...]
    asked: tuple[tuple[Scored, ...], tuple[Scored, ...]]
    cells: dict[str, Counts]
    partial: dict[str, tuple[list[Scored], list[Scored]]]
    served: tuple[dict[str, Served], dict[str, Served]]

    @property
    def missing(self) -> int:
        return sum(each.missing for each in self.cells.values())


def match(first: Sequence[Scored], second: Sequence[Scored]) -> Matching:
    """Pair the cases of two runs by cell and id.

    A case counts where each run has at least one output of it with a value. Where a run lacks a component of it (the
    judge of harm failed, but whether the model refused is known), the other run's outputs of the case lose it too:
    what is missing may depend on the case, and two equal models must not differ because of it. Where outputs stand for
    several cases (``--limit``), those of a cell that are left stand for as many cases of the data together.
    """
    one, other = _by_cell(first), _by_cell(second)
    cells = {cell: _compared(one.get(cell, ()), other.get(cell, ())) for cell in {**one, **other}}
    mine, its = _picked(first, cells, lambda each: each.known[0]), _picked(second, cells, lambda each: each.known[1])
    asked = _picked(first, cells, lambda each: each.asked[0]), _picked(second, cells, lambda each: each.asked[1])
    return Matching(
        mine,
        its,
        asked,
        {cell: each.counts for cell, each in cells.items()},
        _partial(mine, its, {cell: each.known[0].lost.keys() for cell, each in cells.items() if each.known[0].lost}),
        (
            {cell: each.served[0] for cell, each in cells.items() if each.served},
            {cell: each.served[1] for cell, each in cells.items() if each.served},
        ),
    )


@dataclass(frozen=True, slots=True)
class _Choice:
    """The outputs of a cell that are picked from a run: those of some ``cases`` (None: all of them), which then stand
    for ``weight`` cases each (None: for as many as before), without the components that a case has ``lost``."""

    cases: set[str] | None
    weight: float | None
    lost: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def of(self, rows: Iterable[Scored]) -> Iterable[Scored]:
        """Those among some outputs of the cell; the same objects where nothing of them changes."""
        if self.cases is None and self.weight is None and not any(self.lost.values()):
            return rows
        return self._each(rows)

    def _each(self, rows: Iterable[Scored]) -> Iterator[Scored]:
        cases, weight, lost = self.cases, self.weight, self.lost
        for row in rows:
            if cases is None or row.case_id in cases:
                kept = row if weight is None or weight == row.weight else replace(row, weight=weight)
                gone = lost.get(row.case_id)
                yield _without(kept, gone) if gone else kept


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell in two runs: what is picked from each of the cases that count and of those that both were asked, and who
    answered the latter (empty where there are none)."""

    counts: Counts
    known: tuple[_Choice, _Choice]
    asked: tuple[_Choice, _Choice]
    served: tuple[()] | tuple[Served, Served]


def _compared(one: Sequence[Scored], other: Sequence[Scored]) -> _Cell:
    mine, its = ({row.case_id for row in rows} for rows in (one, other))
    shared = mine & its
    known = {row.case_id for row in one if row.score.values} & {row.case_id for row in other if row.score.values}
    lacking = known & {row.case_id for rows in (one, other) for row in rows if row.score.missing}
    first, second = _by_case(one, lacking), _by_case(other, lacking)
    lost = {case: _lost(first[case], second[case]) for case in first}
    size = _size(one) if (theirs := _size(other)) is None else theirs

    def choice(all_cases: set[str], cases: set[str], lost: Mapping[str, frozenset[str]]) -> _Choice:
        weight = size / len(cases) if size is not None and cases else None
        return _Choice(None if len(cases) == len(all_cases) else cases, weight, lost)

    return _Cell(
        Counts(len(known), len(shared) - len(known), len(mine ^ its)),
        (choice(mine, known, lost), choice(its, known, lost)),
        (choice(mine, shared, {}), choice(its, shared, {})),
        (_served(one, shared), _served(other, shared)) if shared else (),
    )


class Alone:
    """Counts the cases behind numbers for which two runs have none in common, so that no pair counts them. The cases of
    a run are looked through when they are first needed."""

    def __init__(self) -> None:
        self._cases: dict[int, dict[str, set[str]]] = {}

    def counts(self, cells: Iterable[str], first: Sequence[Scored], second: Sequence[Scored]) -> Counts:
        """Of the cases of these cells."""
        one, other = self._by_cell(first), self._by_cell(second)
        pairs = [(one.get(cell, set()), other.get(cell, set())) for cell in cells]
        return Counts(0, sum(len(mine & its) for mine, its in pairs), sum(len(mine ^ its) for mine, its in pairs))

    def cells(self, *runs: Sequence[Scored]) -> set[str]:
        """The cells of the runs together."""
        return {cell for rows in runs for cell in self._by_cell(rows)}

    def _by_cell(self, rows: Sequence[Scored]) -> dict[str, set[str]]:
        if id(rows) not in self._cases:
            cells = _by_cell(rows).items()
            self._cases[id(rows)] = {cell: {row.case_id for row in several} for cell, several in cells}
        return self._cases[id(rows)]


def _stretches(rows: Sequence[Scored]) -> Iterator[tuple[str, Iterator[Scored]]]:
    """(cell, outputs) wherever some outputs of one cell follow one another. Most do, and share the object of the cell:
    to name it for each output takes longer than all else."""
    names: dict[int, str] = {}
    for cell, several in groupby(rows, attrgetter("cell")):
        yield names.get(id(cell)) or names.setdefault(id(cell), str(cell)), several


def _by_cell(rows: Sequence[Scored]) -> dict[str, list[Scored]]:
    found: dict[str, list[Scored]] = {}
    for cell, several in _stretches(rows):
        found.setdefault(cell, []).extend(several)
    return found


def _by_case(rows: Iterable[Scored], cases: Collection[str]) -> dict[str, list[Scored]]:
    """The outputs of some cases of one cell."""
    found: dict[str, list[Scored]] = {}
    for row in rows if cases else ():
        if row.case_id in cases:
            found.setdefault(row.case_id, []).append(row)
    return found


def _served(rows: Iterable[Scored], cases: set[str]) -> Served:
    return Served.of(row for row in rows if row.case_id in cases)


def _lost(one: Sequence[Scored], other: Sequence[Scored]) -> frozenset[str]:
    """The components of a case that one run has and the other lacks because something is missing. A component that is
    absent although nothing is missing does not apply to the output."""
    mine, its = ({name for row in rows for name in row.score.values} for rows in (one, other))
    lost: set[str] = set()
    if any(row.score.missing for row in one):
        lost |= its - mine
    if any(row.score.missing for row in other):
        lost |= mine - its
    return frozenset(lost)


def _partial(
    first: Sequence[Scored], second: Sequence[Scored], cases: Mapping[str, Collection[str]]
) -> dict[str, tuple[list[Scored], list[Scored]]]:
    found: dict[str, tuple[list[Scored], list[Scored]]] = {}
    for place, rows in enumerate((first, second) if cases else ()):
        for cell, own in _by_cell(rows).items():
            if cell in cases:
                several = _by_case(own, cases[cell]).values()
                found.setdefault(cell, ([], []))[place].extend(chain.from_iterable(several))
    return found


def _size(rows: Sequence[Scored]) -> float | None:
    """How many cases of the data the outputs of a cell stand for together; None where it was not sampled."""
    if all(row.weight == 1 for row in rows):
        return None
    weights: dict[str, float] = {}
    for row in rows:
        weights.setdefault(row.case_id, row.weight)
    return reduce(add, weights.values()) if any(each != 1 for each in weights.values()) else None


def _picked(
    rows: Sequence[Scored], cells: Mapping[str, _Cell], choice: Callable[[_Cell], _Choice]
) -> tuple[Scored, ...]:
    """The outputs that are chosen in each cell, in the order of the run."""
    choices = {cell: choice(each) for cell, each in cells.items()}
    return tuple(row for cell, several in _stretches(rows) for row in choices[cell].of(several))


def _without(row: Scored, components: frozenset[str]) -> Scored:
    values = {name: value for name, value in row.score.values.items() if name not in components}
    missing = row.score.missing or NOT_IN_THE_OTHER
    return replace(row, score=replace(row.score, values=values, missing=missing))
