"""What the replies of a run say about how it was asked: fields left out, backends, blind answers, rejected cases."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.core.cell import Cell
from mmdt.core.output import FailureKind

REJECTED = (FailureKind.BAD_REQUEST, FailureKind.FORBIDDEN)
"""Failures for which a server answered one request with an error 4xx, while others of the run may have passed."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """Requests of one scenario that the server rejected, of those that were asked, and the most frequent message."""

    rejected: int
    asked: int
    message: str


@dataclass(frozen=True, slots=True)
class Replies:
    """``received``: answers and refusals. ``left_out``: by request field, how many of them were asked without it,
    because the server does not take it. ``backends``: by the provider's mark of the system that answered, how many came
    from it. ``blind``: answers to questions with pictures for which no more tokens were counted than the text has.
    ``rejected``: by scenario."""

    received: int = 0
    left_out: Mapping[str, int] = field(default_factory=dict)
    backends: Mapping[str, int] = field(default_factory=dict)
    blind: int = 0
    rejected: Mapping[str, Rejected] = field(default_factory=dict)


def read_replies(db: sqlite3.Connection) -> Replies:
    """Raises sqlite3.Error."""
    left_out = """SELECT value, count(*) FROM outputs, json_each(outputs.body, '$.left_out')
        WHERE status <> 'failed' AND json_valid(body) GROUP BY value ORDER BY value"""
    backends = """SELECT json_extract(body, '$.backend') AS name, count(*) FROM outputs
        WHERE status <> 'failed' AND json_valid(body) AND name <> '' GROUP BY name ORDER BY count(*) DESC, name"""
    blind = "SELECT count(*) FROM outputs WHERE json_valid(body) AND json_extract(body, '$.blind')"
    received = "SELECT count(*) FROM outputs WHERE status <> 'failed'"
    return Replies(
        received=db.execute(received).fetchone()[0],
        left_out=dict(db.execute(left_out).fetchall()),
        backends=dict(db.execute(backends).fetchall()),
        blind=db.execute(blind).fetchone()[0],
        rejected=_rejected(db),
    )


def _rejected(db: sqlite3.Connection) -> dict[str, Rejected]:
    kinds = ", ".join(f"'{kind}'" for kind in REJECTED)
    failed = f"""SELECT cell, json_extract(outputs.body, '$.failure.message') AS message, count(*) FROM outputs
        JOIN cases USING (n) WHERE status = 'failed' AND json_valid(outputs.body)
        AND json_extract(outputs.body, '$.failure.kind') IN ({kinds}) GROUP BY cell, message"""  # noqa: S608
    messages: dict[str, dict[str, int]] = {}
    for cell, message, number in db.execute(failed):
        found = messages.setdefault(Cell.parse(cell).parent, {})
        found[str(message)] = found.get(str(message), 0) + number
    asked: dict[str, int] = {}
    for cell, number in db.execute("SELECT cell, count(*) FROM outputs JOIN cases USING (n) GROUP BY cell"):
        scenario = Cell.parse(cell).parent
        asked[scenario] = asked.get(scenario, 0) + number
    return {
        scenario: Rejected(sum(found.values()), asked[scenario], max(found, key=lambda each: found[each]))
        for scenario, found in sorted(messages.items())
    }
