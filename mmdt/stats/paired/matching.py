"""The cases that two runs share, and how many each has alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

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
    one, other = _by_case(first), _by_case(second)
    shared = one.keys() & other.keys()
    known = {key for key in shared if _has_value(one[key]) and _has_value(other[key])}
    lacking = {(str(row.cell), row.case_id) for rows in (first, second) for row in rows if row.score.missing}
    lost = {key: _lost(one[key], other[key]) for key in lacking & known}
    cells = dict.fromkeys([key[0] for key in (*one, *other)])
    matched, asked = Counter(key[0] for key in known), Counter(key[0] for key in shared)
    alone = Counter(key[0] for key in one.keys() ^ other.keys())
    counts = {cell: Counts(matched[cell], asked[cell] - matched[cell], alone[cell]) for cell in cells}
    sizes = _sizes(one) | _sizes(other)
    mine, its = (_picked(rows, known, sizes, matched, lost) for rows in (first, second))
    return Matching(
        mine,
        its,
        (_picked(first, shared, sizes, asked), _picked(second, shared, sizes, asked)),
        counts,
        _partial(mine, its, lost.keys()),
        (_served(one, shared), _served(other, shared)),
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
            found: dict[str, set[str]] = {}
            for cell, case in _by_case(rows):
                found.setdefault(cell, set()).add(case)
            self._cases[id(rows)] = found
        return self._cases[id(rows)]


def _by_case(rows: Sequence[Scored]) -> dict[Key, list[Scored]]:
    names: dict[object, str] = {}
    found: dict[Key, list[Scored]] = {}
    for row in rows:
        cell = names.get(row.cell) or names.setdefault(row.cell, str(row.cell))
        found.setdefault((cell, row.case_id), []).append(row)
    return found


def _served(cases: dict[Key, list[Scored]], keys: set[Key]) -> dict[str, Served]:
    by_cell: dict[str, list[Scored]] = {}
    for key, rows in cases.items():
        if key in keys:
            by_cell.setdefault(key[0], []).extend(rows)
    return {cell: Served.of(rows) for cell, rows in by_cell.items()}


def _has_value(rows: Sequence[Scored]) -> bool:
    return any(row.score.values for row in rows)


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
    first: Sequence[Scored], second: Sequence[Scored], keys: Collection[Key]
) -> dict[str, tuple[list[Scored], list[Scored]]]:
    found: dict[str, tuple[list[Scored], list[Scored]]] = {}
    for place, rows in enumerate((first, second) if keys else ()):
        for (cell, case), several in _by_case(rows).items():
            if (cell, case) in keys:
                found.setdefault(cell, ([], []))[place].extend(several)
    return found


def _sizes(cases: dict[Key, list[Scored]]) -> dict[str, float]:
    """By cell that was sampled, how many cases of the data its outputs stand for together."""
    found: dict[str, float] = {}
    sampled: set[str] = set()
    for (cell, _), rows in cases.items():
        found[cell] = found.get(cell, 0.0) + rows[0].weight
        if rows[0].weight != 1:
            sampled.add(cell)
    return {cell: size for cell, size in found.items() if cell in sampled}


def _picked(
    rows: Sequence[Scored],
    keys: set[Key],
    sizes: dict[str, float],
    numbers: Counter[str],
    lost: Mapping[Key, frozenset[str]] | None = None,
) -> tuple[Scored, ...]:
    """The outputs of these cases, without the components that are ``lost``."""
    found = []
    names: dict[object, str] = {}
    for row in rows:
        cell = names.get(row.cell) or names.setdefault(row.cell, str(row.cell))
        if (cell, row.case_id) in keys:
            weight = sizes[cell] / numbers[cell] if cell in sizes else row.weight
            kept = row if weight == row.weight else replace(row, weight=weight)
            gone = lost.get((cell, row.case_id)) if lost else None
            found.append(_without(kept, gone) if gone else kept)
    return tuple(found)


def _without(row: Scored, components: frozenset[str]) -> Scored:
    values = {name: value for name, value in row.score.values.items() if name not in components}
    missing = row.score.missing or NOT_IN_THE_OTHER
    return replace(row, score=replace(row.score, values=values, missing=missing))
