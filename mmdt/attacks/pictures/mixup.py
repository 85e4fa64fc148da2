"""Mix-up: the picture and a harmless one, shown through each other."""

from __future__ import annotations

import random

from PIL import Image as Pil

from mmdt.attacks.pictures.change import change_pictures
from mmdt.attacks.pictures.cover import cover
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.core.image import Image
from mmdt.errors import UsageError


def mixed(picture: Pil.Image, other: Pil.Image, share: float) -> Pil.Image:
    """The two pictures added, the other one (resized to the first) with that share."""
    shown = picture.convert("RGB")
    return Pil.blend(shown, other.convert("RGB").resize(shown.size), share)


def _change(attempt: Attempt, rng: random.Random, other: Image | None, share: float) -> Attempt:
    if not 0 < share < 1:
        raise UsageError(f"expected a share between 0 and 1, got {share!r}", hint="use 0.4")

    def mix(picture: Pil.Image) -> Pil.Image:
        return mixed(picture, other.pil() if other is not None else cover(picture.size, rng), share)

    return change_pictures(attempt, MIXUP.name, mix)


MIXUP = Attack(
    "mixup",
    I2T,
    _change,
    "blends the picture with a harmless one",
    kind="picture",
    parameters={"other": None, "share": 0.4},
    source='Jeong et al., "Playing the fool: jailbreaking with OOD strategy" (JOOD), CVPR 2025',
    constraint="the picture keeps its size and 1 - share of its contrast",
)
