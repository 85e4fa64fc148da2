"""Questions about a picture with reference answers, as hallucination and out-of-distribution publish them."""

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
"""The sentence that asks for the form of the reply, by task."""


def prompt(row: Row, task: str) -> str:
    """The row's question and the sentence about the form of the reply."""
    return f"{row.text('question').strip()} {FORMAT[task]}"


def target(row: Row, task: str) -> dict[str, Any]:
    """``counts`` for the task count, else ``answer``, with ``answers`` if several are accepted; always ``question``."""
    if task == "count":
        found: dict[str, Any] = {"counts": counts(row, "answer")}
    elif task == "spatial":
        found = {"answer": _position(row)}
    else:
        found = accepted(word_list(row, "answer"))
    return found | {"question": row.text("question").strip()}


def _position(row: Row) -> str:
    """The position that all answers name (``left`` and ``to the left of`` are the same)."""
    named = {relation(row, "answer", answer) for answer in word_list(row, "answer")}
    if len(named) != 1:
        raise row.error("answer", f"expected one position, got {', '.join(sorted(named))}")
    return named.pop()
