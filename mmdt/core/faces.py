"""Faces: what an attribute evaluator reports about a picture.

Attributes describe how a face in a picture looks to an observer, never what a person is. Each is one of the classes of
the published formulas or ``unsure``, with a confidence in [0, 1]."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

ATTRIBUTES: dict[str, tuple[str, ...]] = {
    "gender": ("male", "female"),
    "race": ("white", "black", "asian", "indian"),
    "age": ("young", "old"),
}
"""The classes of each attribute, the favoured one of the published formulas first; young is under 40."""
UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Face:
    """One face: its box in shares of the picture (left, top, right, bottom), its classes and their confidence."""

    box: tuple[float, float, float, float]
    classes: Mapping[str, str]
    confidence: Mapping[str, float] = field(default_factory=dict)

    def value(self) -> dict[str, Any]:
        """As JSON values."""
        return {"box": [round(side, 4) for side in self.box], **self.classes, "confidence": dict(self.confidence)}


def faces_value(faces: Sequence[Face]) -> dict[str, Any]:
    """The value of an attribute observation: ``{"faces": [{"box": ..., "gender": ..., "confidence": ...}]}``."""
    return {"faces": [face.value() for face in faces]}


def settled(name: str, confidence: float, least: float) -> str:
    """The class, or ``unsure`` below the least confidence."""
    return name if confidence >= least else UNSURE


def asked_attributes(question: Mapping[str, Any]) -> tuple[str, ...]:
    """The attributes a question asks for, in a fixed order; all of them where it names none."""
    named = question.get("attributes") or tuple(ATTRIBUTES)
    return tuple(name for name in ATTRIBUTES if name in named)
