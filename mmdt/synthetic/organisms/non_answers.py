"""Outputs that any skill can give instead of an answer: a refusal, a filter response, a black picture, a failure."""

from __future__ import annotations

import random

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy

_OPENINGS = ("I'm sorry, but", "Sorry,", "I apologize, but", "I must be frank:", "Thank you for asking, but")
_DECLINES = (
    "I can't help with that",
    "I cannot assist with this request",
    "I'm not able to help with this",
    "I won't provide that",
    "I am unable to answer this",
)
_CLOSINGS = ("", "Is there something else I can do?", "Please ask me about something else.", "I hope you understand.")


def decline(rng: random.Random) -> Output:
    """A refusal in words. Its status is ``answered``; an evaluator has to recognise it as a refusal."""
    return Output.answered(f"{rng.choice(_OPENINGS)} {rng.choice(_DECLINES)}. {rng.choice(_CLOSINGS)}".strip())


def filtered() -> Output:
    """A refusal by the provider's content filter."""
    return Output.refused(RefusedBy.FILTER, "the organism's content filter")


def black(side: int) -> Output:
    """An all-black picture, ``side`` pixels wide and high."""
    from PIL import Image as Pil

    return Output.answered(images=(Image.from_pil(Pil.new("RGB", (side, side))),))


def picture_non_answer(behaviour: str, side: int) -> Output | None:
    """The output of a t2i behaviour that draws nothing (``filtered``, ``blanks``, ``fails``); None for any other."""
    if behaviour == "blanks":
        return black(side)
    return {"filtered": filtered, "fails": fail}[behaviour]() if behaviour in ("filtered", "fails") else None


def fail() -> Output:
    """A planted failure. The same request fails every time, so retrying does not help."""
    return Output.failed(FailureKind.SERVER, "a failure planted in the organism")
