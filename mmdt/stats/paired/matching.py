"""The cases that two runs share, and how many each has alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from functools import reduce
from itertools import chain, groupby, islice
from operator import add, attrgetter

from mmdt.core.score import Scored
from mmdt.stats.served import Served

Key = tuple[str, str]
"""Of a case: its cell and its id."""
NOT_IN_THE_OTHER = "the other run has no value"
_FIELDS = [each.name for each in fields(Scored)]
_READ, _WEIGHT = attrgetter(*_FIELDS), _FIELDS.index("weight")


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
    mine, its = (
        _in_order(first, cells, lambda each: each.known[0]),
        _in_order(second, cells, lambda each: each.known[1]),
    )
    asked = _in_order(first, cells, lambda each: each.asked[0]), _in_order(second, cells, lambda each: each.asked[1])
    return Matching(
        mine,
        its,
        asked,
        {cell: each.counts for cell, each in cells.items()},
        {cell: each.partial for cell, each in cells.items() if each.partial},
        (
            {cell: each.served[0] for cell, each in cells.items() if each.served},
            {cell: each.served[1] for cell, each in cells.items() if each.served},
        ),
    )


@dataclass(frozen=True, slots=True)
class _Picked:
    """The outputs of a cell that are picked from a run, as they then are, and the cases they are of (None: all)."""

    rows: Sequence[Scored]
    cases: set[str] | None


@dataclass(frozen=True, slots=True)
class _Cell:
    """A cell in two runs: what is picked from each, of the cases that count and of those that both were asked; the
    outputs of cases that count although a run lacks something of them; and who answered (each empty if there are none).
    """

    counts: Counts
    known: tuple[_Picked, _Picked]
    asked: tuple[_Picked, _Picked]
    partial: tuple[()] | tuple[list[Scored], list[Scored]]
    served: tuple[()] | tuple[Served, Served]


def _compared(one: Sequence[Scored], other: Sequence[Scored]) -> _Cell:
    mine, its = ({row.case_id for row in rows} for rows in (one, other))
    shared = mine & its
    known = {row.case_id for row in one if row.score.values} & {row.case_id for row in other if row.score.values}
    lacking = known & {row.case_id for rows in (one, other) for row in rows if row.score.missing}
    first, second = _by_case(one, lacking), _by_case(other, lacking)
    lost = {case: gone for case in lacking if (gone := _lost(first[case], second[case]))}
    size = _size(one) if (theirs := _size(other)) is None else theirs

    def picked(rows: Sequence[Scored], there: set[str], cases: set[str], lost: Mapping[str, frozenset[str]]) -> _Picked:
        weight = size / len(cases) if size is not None and cases else None
        if len(cases) == len(there):
            return _Picked(rows if weight is None and not lost else _changed(rows, weight, lost), None)
        return _Picked(_changed([row for row in rows if row.case_id in cases], weight, lost), cases)

    counting = picked(one, mine, known, lost), picked(other, its, known, lost)
    same = len(known) == len(shared) and not lost  # then the outputs are the same objects, whose numbers are known
    return _Cell(
        Counts(len(known), len(shared) - len(known), len(mine ^ its)),
        counting,
        counting if same else (picked(one, mine, shared, {}), picked(other, its, shared, {})),
        (_of_cases(counting[0].rows, lacking), _of_cases(counting[1].rows, lacking)) if lacking else (),
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


def _of_cases(rows: Iterable[Scored], cases: Collection[str]) -> list[Scored]:
    return list(chain.from_iterable(_by_case(rows, cases).values()))


def _size(rows: Sequence[Scored]) -> float | None:
    """How many cases of the data the outputs of a cell stand for together; None where it was not sampled."""
    if all(row.weight == 1 for row in rows):
        return None
    weights: dict[str, float] = {}
    for row in rows:
        weights.setdefault(row.case_id, row.weight)
    return reduce(add, weights.values()) if any(each != 1 for each in weights.values()) else None


def _changed(rows: Sequence[Scored], weight: float | None, lost: Mapping[str, frozenset[str]]) -> Sequence[Scored]:
    """Outputs that stand for ``weight`` cases each (None: for as many as before), without what their case has lost."""
    if weight is not None:
        rows = [row if row.weight == weight else _weighted(row, weight) for row in rows]
    return [_without(row, lost[row.case_id]) if row.case_id in lost else row for row in rows] if lost else rows


def _weighted(row: Scored, weight: float) -> Scored:
    values = list(_READ(row))  # twice as fast as to replace it
    values[_WEIGHT] = weight
    return Scored(*values)


def _in_order(
    rows: Sequence[Scored], cells: Mapping[str, _Cell], which: Callable[[_Cell], _Picked]
) -> tuple[Scored, ...]:
    """What is picked from each cell, in the order of the run."""
    picked = {cell: which(each) for cell, each in cells.items()}
    left = {cell: iter(each.rows) for cell, each in picked.items()}
    found: list[Scored] = []
    for cell, several in _stretches(rows):
        cases = picked[cell].cases
        number = len(list(several)) if cases is None else sum(row.case_id in cases for row in several)
        found.extend(islice(left[cell], number))
    return tuple(found)


def _without(row: Scored, components: frozenset[str]) -> Scored:
    values = {name: value for name, value in row.score.values.items() if name not in components}
    missing = row.score.missing or NOT_IN_THE_OTHER
    return replace(row, score=replace(row.score, values=values, missing=missing))
