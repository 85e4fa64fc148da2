"""detector.pixels: finds the things of a world by their shape and colour. Embedded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.boxes import Box, strong
from mmdt.core.protocols import EvaluatorContext
from mmdt.synthetic.observers.pixels import PixelEvaluator, plain

if TYPE_CHECKING:
    from mmdt.synthetic.worlds.vision.see import Seen

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""

LEAST = 0.65
"""Above every threshold in use."""


def open_pixels(rest: str, context: EvaluatorContext) -> PixelEvaluator[list[Seen]]:
    """``pixels``: finds the things of drawn worlds. Raises UsageError on anything more."""
    from mmdt.synthetic.worlds.vision.see import see

    return PixelEvaluator(plain("pixels", rest), VERSION, see, _boxes)


def _boxes(found: Sequence[Seen], question: Mapping[str, Any]) -> dict[str, Any]:
    """Boxes as :mod:`mmdt.evaluators.detector.detector` gives them."""
    labels = question.get("labels")
    if not labels:
        raise ValueError("the question names no labels")
    names = dict.fromkeys(map(str, labels))
    boxes = [Box(name, lifted(each.score), each.box) for name in names for each in found if matches(each, name)]
    least, floor = (float(question.get(key, default)) for key, default in (("box_threshold", 0.5), ("area_floor", 0)))
    return {"boxes": [box.as_json() for box in strong(boxes, least, floor)]}


def lifted(score: float) -> float:
    """A score of ``see`` on the scale of an open-vocabulary detector: what it is certain of passes every threshold."""
    from mmdt.synthetic.worlds.vision.see import CERTAIN

    return 1 - (1 - score) * (1 - LEAST) / (1 - CERTAIN)


def matches(seen: Seen, label: str) -> bool:
    """Whether something seen is what a label names: its kind, and its colour and action where they are named."""
    from mmdt.synthetic.worlds.language.lexicon import tokens

    own = {"kind": seen.kind, "color": seen.color, "action": seen.action}
    named = [token for token in tokens(label) if token.sort in own]
    return any(token.sort == "kind" for token in named) and all(own[token.sort] == token.value for token in named)
