"""ocr.glyphs: an embedded evaluator that reads the signs of a world, which use one alphabet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.protocols import EvaluatorContext
from mmdt.synthetic.observers.pixels import PixelEvaluator, require_no_options

VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""


def open_glyphs(rest: str, context: EvaluatorContext) -> PixelEvaluator[str]:
    """``glyphs``: reads the signs of drawn worlds. Raises UsageError for any option."""
    from mmdt.synthetic.worlds.vision.letters import read

    return PixelEvaluator(require_no_options("glyphs", rest), VERSION, read, _text)


def _text(text: str, question: Mapping[str, Any]) -> dict[str, Any]:
    return {"text": " ".join(text.split()), "lines": [{"text": line} for line in text.splitlines()]}
