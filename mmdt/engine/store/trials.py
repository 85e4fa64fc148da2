"""Reads trials from a store (cases with outputs and observations), page by page, so that memory use stays constant."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Selection
from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.output import FailureKind, Output
from mmdt.engine.store.codec import decode_case, decode_observation, decode_output, decode_target
from mmdt.engine.store.digests import COLUMNS, row_digest
from mmdt.engine.store.writer import TrialKey

PAGE = 256
"""Cases read at a time."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One case and repeat, with its output and its observations by probe name.

    ``output`` is None if the request has not been sent (yet). ``questions``: the hash of what was asked for each
    observation, by probe name.
    """

    case: Case
    repeat: int
    output: Output | None
    observations: Mapping[str, Observation]
    questions: Mapping[str, str] = field(default_factory=dict, compare=False)


@dataclass(frozen=True, slots=True)
class TrialState:
    """What the store has of one trial, so that the engine does only the rest.

    ``observed``: (probe, fingerprint, question hash) of all observations that are not missing.
    """

    key: TrialKey
    case: Case
    output: Output | None
    observed: frozenset[tuple[str, str, str]]


_Seen = tuple[dict[str, Observation], dict[str, str]]


@dataclass(frozen=True, slots=True)
class _StoredCase:
    n: int
    repeats: int
    case: Case


def read_trials(
    db: sqlite3.Connection,
    bind: Callable[[Image], Image],
    selection: Selection | None,
    evaluators: Mapping[str, str] | None,
    check: bool,
    instead: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Trial]:
    """All trials of the selected cases, in the order in which the cases were loaded; see ``Store.trials``."""
    wanted = evaluators or {}
    for page in _pages(db, bind, selection):
        outputs, observations = _outputs(db, page, bind), _observations(db, page, wanted, instead or {})
        changed = changed_rows(db, page[0].n, page[-1].n) if check else {}
        for stored in page:
            for repeat in range(stored.repeats):
                key = stored.n, repeat
                trial = Trial(stored.case, repeat, outputs.get(key), *observations.get(key, ({}, {})))
                yield (
                    _without(trial, changed.get((stored.n, None), set()) | changed.get(key, set()))
                    if changed
                    else trial
                )


Changed = Mapping[tuple[int, int | None], set[tuple[str, str]]]
"""(n, repeat), or (n, None) for a case -> (table, probe) of its rows that do not have their digest."""


def changed_rows(db: sqlite3.Connection, first: int, last: int) -> Changed:
    """The rows of the cases ``first`` to ``last`` that were changed after they were stored."""
    found: dict[tuple[int, int | None], set[tuple[str, str]]] = {}
    for table, columns in COLUMNS.items():
        query = f"SELECT {', '.join(columns)}, digest FROM {table} WHERE n BETWEEN ? AND ?"  # noqa: S608
        for *row, digest in db.execute(query, (first, last)):
            if digest is not None and row_digest(table, row) != digest:
                key = (row[0], None if table == "cases" else row[1])
                found.setdefault(key, set()).add((table, str(row[2]) if table == "observations" else ""))
    return found


def _without(trial: Trial, changed: set[tuple[str, str]]) -> Trial:
    """The trial without what was changed: nothing is scored by it."""
    for table, probe in changed:
        if table == "observations" and probe in trial.observations:
            gone = Observation.failed(f"the stored observation {probe} was changed after it was made")
            trial = replace(trial, observations={**trial.observations, probe: gone})
        elif table != "observations":
            trial = damaged(trial, f"the stored {table.removesuffix('s')} was changed after it was stored")
    return trial


def damaged(trial: Trial, why: str) -> Trial:
    """The trial with a failure in place of its output."""
    if trial.output is None:
        return trial
    return replace(trial, output=Output.failed(FailureKind.DAMAGED, why), observations={})


def read_states(
    db: sqlite3.Connection, bind: Callable[[Image], Image], selection: Selection | None, after: int
) -> Iterator[TrialState]:
    """All trials of the selected cases, in the order in which the cases were loaded; see ``Store.states``."""
    for page in _pages(db, bind, selection, after):
        outputs, observed = _outputs(db, page, bind), _observed(db, page)
        for stored in page:
            for repeat in range(stored.repeats):
                key = stored.n, repeat
                yield TrialState(TrialKey(*key), stored.case, outputs.get(key), frozenset(observed.get(key, ())))


def read_cases(db: sqlite3.Connection, bind: Callable[[Image], Image]) -> Iterator[tuple[int, Case, int]]:
    """(number, case, repeats) of all cases, in the order in which they were loaded."""
    for page in _pages(db, bind, None):
        yield from ((each.n, each.case, each.repeats) for each in page)


def read_targets(db: sqlite3.Connection) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """(id, target) of all cases; see ``Store.targets``."""
    after = -1
    query = f"SELECT n, id, body FROM cases WHERE n > ? ORDER BY n LIMIT {PAGE}"  # noqa: S608
    while rows := db.execute(query, (after,)).fetchall():
        yield from ((name, decode_target(body)) for _, name, body in rows)
        after = rows[-1][0]


def read_states_at(db: sqlite3.Connection, bind: Callable[[Image], Image], n: int) -> Iterator[TrialState]:
    """The trials of one case; see ``Store.states_at``."""
    for page in _page_at(db, bind, n):
        outputs, observed = _outputs(db, page, bind), _observed(db, page)
        for stored in page:
            for repeat in range(stored.repeats):
                key = stored.n, repeat
                yield TrialState(TrialKey(*key), stored.case, outputs.get(key), frozenset(observed.get(key, ())))


def read_trial_at(
    db: sqlite3.Connection, bind: Callable[[Image], Image], key: TrialKey, evaluators: Mapping[str, str]
) -> Trial | None:
    """One trial with the observations of these evaluators (role -> fingerprint); None where there is no such case."""
    for page in _page_at(db, bind, key.n):
        outputs, observations = _outputs(db, page, bind), _observations(db, page, evaluators, {})
        place = key.n, key.repeat
        return Trial(page[0].case, key.repeat, outputs.get(place), *observations.get(place, ({}, {})))
    return None


def _page_at(db: sqlite3.Connection, bind: Callable[[Image], Image], n: int) -> Iterator[list[_StoredCase]]:
    """A page that holds one case."""
    rows = db.execute("SELECT n, id, cell, repeats, body FROM cases WHERE n = ?", (n,)).fetchall()
    if rows:
        ((n, name, cell, repeats, body),) = rows
        yield [_StoredCase(n, repeats, decode_case(name, cell, body, bind))]


def cells(db: sqlite3.Connection, selection: Selection | None) -> list[str]:
    """The addresses of the selected cells that hold cases."""
    found = [address for (address,) in db.execute("SELECT DISTINCT cell FROM cases ORDER BY cell")]
    return found if selection is None else [address for address in found if selection.matches(Cell.parse(address))]


def _pages(
    db: sqlite3.Connection, bind: Callable[[Image], Image], selection: Selection | None, after: int = -1
) -> Iterator[list[_StoredCase]]:
    """Each page continues after the last case number, so that no read transaction stays open between pages: it would
    keep SQLite from reusing its log while the writer appends to it."""
    where = "" if selection is None else " AND cell IN (SELECT value FROM json_each(:cells))"
    query = f"SELECT n, id, cell, repeats, body FROM cases WHERE n > :after{where} ORDER BY n LIMIT {PAGE}"  # noqa: S608
    chosen = "" if selection is None else json.dumps(cells(db, selection))
    while rows := db.execute(query, {"after": after, "cells": chosen}).fetchall():
        yield [_StoredCase(n, repeats, decode_case(name, cell, body, bind)) for n, name, cell, repeats, body in rows]
        after = rows[-1][0]


def _span(page: list[_StoredCase]) -> tuple[int, int]:
    return page[0].n, page[-1].n


def _outputs(
    db: sqlite3.Connection, page: list[_StoredCase], bind: Callable[[Image], Image]
) -> dict[tuple[int, int], Output]:
    rows = db.execute("SELECT n, repeat, body FROM outputs WHERE n BETWEEN ? AND ?", _span(page)).fetchall()
    found = {(n, repeat): decode_output(body) for n, repeat, body in rows}
    for key, output in found.items():
        if output.images:
            found[key] = replace(output, images=tuple(map(bind, output.images)))
    return found


def _observations(
    db: sqlite3.Connection,
    page: list[_StoredCase],
    wanted: Mapping[str, str],
    instead: Mapping[str, Mapping[str, str]],
) -> dict[tuple[int, int], _Seen]:
    """By trial: what was seen, and the hash of what was asked, each by probe. ``instead``: cell -> role -> the
    evaluator that counts there, where it has looked already."""
    cells = {each.n: instead.get(str(each.case.cell), {}) for each in page} if instead else {}
    better: set[tuple[int, int, str]] = set()
    query = (
        "SELECT n, repeat, probe, role, fingerprint, question, body FROM observations WHERE n BETWEEN ? AND ?"
        " ORDER BY rowid"
    )
    found: dict[tuple[int, int], _Seen] = {}
    for n, repeat, probe, role, fingerprint, question, body in db.execute(query, _span(page)).fetchall():
        if cells and fingerprint == cells.get(n, {}).get(role):
            better.add((n, repeat, probe))
        else:
            asked = wanted.get(probe) or wanted.get(role)
            if asked is not None and asked != fingerprint:
                continue
            if better and (n, repeat, probe) in better:
                continue
        seen = found.get((n, repeat))
        if seen is None:
            seen = found[n, repeat] = {}, {}
        seen[0][probe], seen[1][probe] = decode_observation(body), question
    return found


def _observed(db: sqlite3.Connection, page: list[_StoredCase]) -> dict[tuple[int, int], list[tuple[str, str, str]]]:
    query = "SELECT n, repeat, probe, fingerprint, question FROM observations WHERE n BETWEEN ? AND ? AND missing = 0"
    found: dict[tuple[int, int], list[tuple[str, str, str]]] = {}
    for n, repeat, *key in db.execute(query, _span(page)).fetchall():
        found.setdefault((n, repeat), []).append((key[0], key[1], key[2]))
    return found
