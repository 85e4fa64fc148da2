"""similarity.pixels: an embedded evaluator of how much of a prompt a picture of a world shows, and how little else.

Value: ``{"similarity": number}``, from 0 (nothing of it) to 0.4 (all of it). This is the range of CLIP's cosines, so
that CLIPScore (2.5 times the cosine) spans 0 to 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.protocols import EvaluatorContext
from mmdt.synthetic.observers.pixels import PixelEvaluator, require_no_options

if TYPE_CHECKING:
    from PIL import Image as Pil

    from mmdt.synthetic.worlds.language.meaning import Meaning
    from mmdt.synthetic.worlds.scene import Thing

VERSION = "2"
"""Increase this whenever an observation could change, so that stored observations are not reused."""

Percept = tuple[Sequence["Thing"], str]
FULL = 0.4
EXTRA = 3
"""Things that were not asked for and make a picture no less similar."""


def open_pixels(rest: str, context: EvaluatorContext) -> PixelEvaluator[Percept]:
    """``pixels``: the share of a prompt's requirements that a world meets. Raises UsageError for any option."""
    return PixelEvaluator(require_no_options("pixels", rest), VERSION, _look, _similarity)


def _look(picture: Pil.Image) -> Percept:
    from mmdt.synthetic.worlds.vision.letters import read
    from mmdt.synthetic.worlds.vision.see import see

    return [each.thing() for each in see(picture)], read(picture)


def _similarity(sight: Percept, question: Mapping[str, Any]) -> dict[str, Any]:
    from mmdt.synthetic.worlds.language.reader import read_prompt

    meaning, (things, text) = read_prompt(str(question.get("prompt", ""))), sight
    met = list(_requirements(meaning, things, text))
    if not met:
        raise ValueError("the prompt asks for nothing that is known")
    asked = sum(each.kind in meaning.kinds for each in things)
    crowd = min(1.0, (asked + EXTRA) / len(things)) if asked else 1.0
    return {"similarity": FULL * sum(met) / len(met) * crowd}


def _requirements(meaning: Meaning, things: Sequence[Thing], text: str) -> Iterator[bool]:
    """Whether each requirement is met: kinds, colours, actions, counts, relations, absent kinds, text."""
    from mmdt.synthetic.worlds.scene import relation_of

    by_part = [[each for each in things if each.kind == part.kind] for part in meaning.parts]
    for part, found in zip(meaning.parts, by_part, strict=True):
        yield bool(found)
        if part.color:
            yield any(each.color == part.color for each in found)
        if part.action:
            yield any(each.action == part.action for each in found)
        yield len(found) == part.count
    for link in meaning.links:
        pairs = [(one, other) for one in by_part[link.one] for other in by_part[link.other]]
        yield any(relation_of(one, other) == link.relation for one, other in pairs)
    for kind in meaning.absent:
        yield all(each.kind != kind for each in things)
    if meaning.text:
        yield "".join(meaning.text.casefold().split()) in "".join(text.casefold().split())
