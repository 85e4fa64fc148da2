"""vqa.pixels: an embedded evaluator that answers ``Is the cup red?`` and ``Is there a red cup?`` about a world."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.protocols import EvaluatorContext
from mmdt.synthetic.observers.pixels import PixelEvaluator, require_no_options

if TYPE_CHECKING:
    from mmdt.synthetic.worlds.vision.see import Detection

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""

_CLAUSES = re.compile(r"\band (?=(?:is|are)\b)", re.IGNORECASE)
_WHETHER_THERE = re.compile(r"\b(?:is|are) there\b", re.IGNORECASE)


def open_pixels(rest: str, context: EvaluatorContext) -> PixelEvaluator[list[Detection]]:
    """``pixels``: answers yes/no questions about drawn worlds. Raises UsageError for any option."""
    from mmdt.synthetic.worlds.vision.see import see

    return PixelEvaluator(require_no_options("pixels", rest), VERSION, see, _answer)


def _answer(found: Sequence[Detection], question: Mapping[str, Any]) -> dict[str, Any]:
    return {"verdict": all(_holds(clause, found) for clause in _CLAUSES.split(str(question.get("question", ""))))}


def _holds(clause: str, found: Sequence[Detection]) -> bool:
    """Whether a clause is true. Raises ValueError if it names no thing of the worlds.

    ``Is there a red cup`` needs one red cup; ``is the cup red`` needs a cup, and every cup must be red.
    """
    from mmdt.synthetic.worlds.language.lexicon import tokens

    said = {token.sort: token.value for token in tokens(clause)}
    if "kind" not in said:
        raise ValueError(f"{clause.strip()[:80]!r} names nothing that is known")
    things = [each for each in found if each.kind == said["kind"]]
    fits = [
        ("color" not in said or each.color == said["color"]) and ("action" not in said or each.action == said["action"])
        for each in things
    ]
    return any(fits) if _WHETHER_THERE.search(clause) else bool(fits) and all(fits)
