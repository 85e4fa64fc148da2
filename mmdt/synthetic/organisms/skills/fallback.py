"""The answer to a request that no skill understands."""

from __future__ import annotations

from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.synthetic.organisms.skill import Turn


def answer(turn: Turn) -> Output:
    """A landscape or a neutral sentence; never a refusal or a guess."""
    if turn.request.wants == "image":
        from mmdt.synthetic.organisms.scenery import landscape

        return Output.answered(images=(Image.from_pil(landscape(turn.rng)),))
    count = len(turn.request.images)
    shown = {0: "no picture", 1: "a picture"}.get(count, f"{count} pictures")
    return Output.answered(f"I was shown {shown}, and I have nothing to say about it.")
