"""Questions about a picture with reference answers, as hallucination and out-of-distribution publish them."""

from __future__ import annotations

from typing import Any

from mmdt.core.scenario import Row
from mmdt.data.columns import accepted, counts, known_relation, word_list

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
    form = FORMAT["attribute"] if task == "spatial" and _relation(row) is None else FORMAT[task]
    return f"{row.text('question').strip()} {form}"


def target(row: Row, task: str) -> dict[str, Any]:
    """``counts`` for the task count, else ``answer``, with ``answers`` if several are accepted; always ``question``.

    The answer to a spatial question is one of left, right, above, below, or any accepted phrases.
    """
    if task == "count":
        found: dict[str, Any] = {"counts": counts(row, "answer", row.text("question"))}
    elif task == "spatial":
        relation = _relation(row)
        found = accepted(word_list(row, "answer")) if relation is None else {"answer": relation}
    else:
        found = accepted(word_list(row, "answer"))
    return found | {"question": row.text("question").strip()}


def _relation(row: Row) -> str | None:
    """The one relation that all given answers name (``left`` and ``to the left of`` are the same).

    None where they name something else, such as ``behind``, or several: then each of them is right.
    """
    named = {known_relation(answer) for answer in word_list(row, "answer")}
    return named.pop() if len(named) == 1 else None
