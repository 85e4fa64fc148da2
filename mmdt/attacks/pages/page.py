"""Page: what the attacks of this folder share: a drawn style, and how prompt and pictures are put together."""

from __future__ import annotations

import random

from PIL import Image as Pil

from mmdt.attacks.drawing.lettering import Colour, TextStyle
from mmdt.core.attack import Attempt
from mmdt.core.image import Image

_PAPERS: tuple[Colour, ...] = ((255, 255, 255), (253, 246, 227), (232, 244, 253), (240, 255, 240), (255, 240, 245))
_INKS: tuple[Colour, ...] = ((0, 0, 0), (20, 20, 90), (80, 10, 10), (10, 60, 20), (60, 10, 70))


def style(rng: random.Random, columns: int = 26) -> TextStyle:
    """A drawn style: about that many columns, letters enlarged two or three times, dark ink on light paper."""
    return TextStyle(
        columns=columns + rng.randrange(5),
        scale=rng.choice((2, 3)),
        ink=rng.choice(_INKS),
        paper=rng.choice(_PAPERS),
        margin=rng.randrange(10, 28),
    )


def pointing(attempt: Attempt, prompt: str, *pictures: Pil.Image) -> Attempt:
    """The attempt with a prompt that points to the new pictures, which come after those of the case."""
    return attempt.with_prompt(prompt).with_images(*attempt.images, *map(Image.from_pil, pictures))
