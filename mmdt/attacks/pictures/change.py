"""Change every picture of an attempt."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image as Pil

from mmdt.core.attack import Attempt
from mmdt.core.image import Image
from mmdt.errors import UsageError


def change_pictures(attempt: Attempt, attack: str, change: Callable[[Pil.Image], Pil.Image]) -> Attempt:
    """The attempt with each picture changed. Raises UsageError when it has none; ``attack`` is named in the message."""
    if not attempt.images:
        hint = "put typography or illustration before it, or use a case with a picture"
        raise UsageError(f"the attack {attack!r} needs a picture", hint=hint)
    return attempt.with_images(*(Image.from_pil(change(image.pil())) for image in attempt.images))
