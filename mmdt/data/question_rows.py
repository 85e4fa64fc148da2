"""Questions about a picture with reference answers: the rows that hallucination and out-of-distribution share."""

from __future__ import annotations

from typing import Any

from mmdt.core.scenario import Row
from mmdt.data.columns import accepted, counts, relation, word_list

FORMAT = {
    "identification": "Name what it is in a few words.",
    "attribute": "Answer in a few words.",
    "action": "Answer in one sentence.",
    "count": "Say the number of each kind separately.",
    "spatial": "End with the position, as one of these words: left, right, above, below.",
}
"""What is asked of the form of a reply, by task."""


def prompt(row: Row, task: str) -> str:
    """The row's question with the form of the reply."""
    return f"{row.text('question').strip()} {FORMAT[task]}"


def target(row: Row, task: str) -> dict[str, Any]:
    """``{"counts"}``, for spatial ``{"answer": "left"}``, else ``{"answer", "answers"}``; always the ``question``."""
    if task == "count":
        found: dict[str, Any] = {"counts": counts(row, "answer")}
    elif task == "spatial":
        found = {"answer": _position(row)}
    else:
        found = accepted(word_list(row, "answer"))
    return found | {"question": row.text("question").strip()}


def _position(row: Row) -> str:
    """The one position that all given answers name (``left`` and ``to the left of`` are the same)."""
    named = {relation(row, "answer", answer) for answer in word_list(row, "answer")}
    if len(named) != 1:
        raise row.error("answer", f"one position is due, not {', '.join(sorted(named))}")
    return named.pop()
