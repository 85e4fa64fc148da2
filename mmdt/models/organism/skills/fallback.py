"""What an organism answers to a request that none of its skills understands."""

from __future__ import annotations

from mmdt.core.image import Image
from mmdt.core.output import Output
from mmdt.models.organism.skill import Turn

SIDE = 256


def answer(turn: Turn) -> Output:
    """A picture of nothing in particular, or a plain sentence: never a refusal, never a guess."""
    if turn.request.modality == "t2i":
        return Output.answered(images=(_meadow(turn),))
    count = len(turn.request.images)
    shown = {0: "no picture", 1: "a picture"}.get(count, f"{count} pictures")
    return Output.answered(f"I was shown {shown}, and I have nothing to say about it.")


def _meadow(turn: Turn) -> Image:
    from PIL import Image as Pil
    from PIL import ImageDraw

    rng = turn.rng
    picture = Pil.new("RGB", (SIDE, SIDE), (rng.randrange(170, 220), 220, 250))
    horizon = rng.randrange(SIDE // 2, SIDE * 3 // 4)
    ImageDraw.Draw(picture).rectangle((0, horizon, SIDE, SIDE), fill=(rng.randrange(120, 170), 200, 120))
    return Image.from_pil(picture)
