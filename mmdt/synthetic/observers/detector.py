"""detector.pixels: an embedded evaluator that finds the things of a world by shape and colour."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.boxes import Box, strong
from mmdt.core.protocols import EvaluatorContext
from mmdt.synthetic.observers.pixels import PixelEvaluator, require_no_options

if TYPE_CHECKING:
    from mmdt.synthetic.worlds.vision.see import Detection

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""

LEAST = 0.65
"""Lowest score of a certain detection; above every threshold in use."""


def open_pixels(rest: str, context: EvaluatorContext) -> PixelEvaluator[list[Detection]]:
    """``pixels``: finds the things of drawn worlds. Raises UsageError for any option."""
    from mmdt.synthetic.worlds.vision.see import see

    return PixelEvaluator(require_no_options("pixels", rest), VERSION, see, _boxes)


def _boxes(found: Sequence[Detection], question: Mapping[str, Any]) -> dict[str, Any]:
    """Boxes in the format of :mod:`mmdt.evaluators.detector.detector`."""
    labels = question.get("labels")
    if not labels:
        raise ValueError("the question names no labels")
    names = dict.fromkeys(map(str, labels))
    boxes = [Box(name, detector_score(each.score), each.box) for name in names for each in found if matches(each, name)]
    least, floor = (float(question.get(key, default)) for key, default in (("box_threshold", 0.5), ("area_floor", 0)))
    return {"boxes": [box.as_json() for box in strong(boxes, least, floor)]}


def detector_score(score: float) -> float:
    """A score of ``see`` mapped to the scale of a real detector, so that certain detections pass every threshold."""
    from mmdt.synthetic.worlds.vision.see import CERTAIN

    return 1 - (1 - score) * (1 - LEAST) / (1 - CERTAIN)


def matches(seen: Detection, label: str) -> bool:
    """Whether a detection matches a label: its kind, and its colour and action if the label names them."""
    from mmdt.synthetic.worlds.language.lexicon import tokens

    own = {"kind": seen.kind, "color": seen.color, "action": seen.action}
    named = [token for token in tokens(label) if token.sort in own]
    return any(token.sort == "kind" for token in named) and all(own[token.sort] == token.value for token in named)
