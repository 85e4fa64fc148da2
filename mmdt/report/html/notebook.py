"""A run in a notebook: how it ended, its headline numbers with their intervals, and what it cost."""

from __future__ import annotations

from html import escape
from pathlib import Path
from typing import Any, Protocol

import msgspec

from mmdt.core.scenario import Perspective
from mmdt.errors import MmdtError
from mmdt.report.facts import completeness, read_facts
from mmdt.report.low_harm import low_harm_caveats
from mmdt.report.view import ScorecardRow, sections
from mmdt.stats.scorecard import Scorecard


class ShownRun(Protocol):
    """What is shown of a run (``mmdt.runs.result.Run``)."""

    @property
    def folder(self) -> Path: ...
    @property
    def manifest(self) -> Any: ...
    @property
    def cost(self) -> float | None: ...
    @property
    def tokens(self) -> tuple[int, int]: ...
    @property
    def requests(self) -> int: ...
    def scorecard(self) -> Scorecard: ...


def run_html(run: ShownRun, perspectives: tuple[Perspective, ...] = ()) -> str:
    """An HTML fragment without scripts; everything from the run is escaped."""
    facts = read_facts(msgspec.to_builtins(run.manifest))
    tokens = run.tokens
    spent = [f"{run.requests:,} requests"]
    spent += [f"{tokens[0]:,} + {tokens[1]:,} tokens"] if any(tokens) else []
    spent += [f"{run.cost:.2f} US dollars"] if run.cost is not None else []
    parts = [f"<b>{escape(facts.model)}</b>", f"<div>{escape(str(run.folder))}: {', '.join(spent)}</div>"]
    try:
        scorecard = run.scorecard()
    except MmdtError as error:
        return "".join([*parts, f"<div>{escape(str(error))}</div>"])
    state = completeness(scorecard, facts.ended)
    notes = [state.headline, state.ended, *facts.notes, *low_harm_caveats(scorecard), scorecard.note]
    parts += [f"<div>{escape(note)}</div>" for note in notes if note]
    return "".join([*parts, _table(scorecard, perspectives)])


def _table(scorecard: Scorecard, perspectives: tuple[Perspective, ...]) -> str:
    head = "<tr><th>address</th><th>metric</th><th>value</th><th>95 % interval</th><th>n</th><th>missing</th></tr>"
    rows = []
    for section in sections(scorecard, perspectives):
        rows += [_row(row) for row in section.summaries]
        rows += [_row(group.head) for table in section.tables for group in table.groups]
    return f"<table>{head}{''.join(rows)}</table>"


def _row(row: ScorecardRow) -> str:
    """The headline: a row's first estimate."""
    found = next((each for each in row.estimates if each), None)
    if found is None:
        return ""
    title = f"{found.title} {found.arrow}".strip()
    cells = (row.address, title, found.value, found.interval, f"{found.n:,}", f"{found.missing:,}")
    return f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in cells)}</tr>"
