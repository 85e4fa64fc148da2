"""What a test server answers when it answers: text for a question, a PNG for a description."""

from __future__ import annotations

import hashlib
import io
import random
from collections.abc import Callable
from functools import lru_cache

from tests.servers.asked import Asked

Responder = Callable[[Asked], str | bytes]


def echo(asked: Asked) -> str | bytes:
    """Repeats what it was given, so that a test can tell what arrived; the same request gets the same answer."""
    if asked.kind == "image":
        return picture(asked.prompt, asked.seed)
    seen = "".join(f" [image {hashlib.sha256(image).hexdigest()[:8]}]" for image in asked.images)
    return f"You said: {asked.prompt}{seen}"


@lru_cache(maxsize=4096)
def picture(prompt: str, seed: int | None = None, side: int = 32) -> bytes:
    """A PNG whose pixels follow from the prompt and the seed."""
    from PIL import Image

    noise = hashlib.shake_256(f"{prompt}/{seed}".encode()).digest(side * side * 3 // 16)
    small = Image.frombytes("RGB", (side // 4, side // 4), noise)
    buffer = io.BytesIO()
    small.resize((side, side)).save(buffer, "PNG")
    return buffer.getvalue()


@lru_cache(maxsize=1)
def huge_picture() -> bytes:
    """A PNG of noise, a little over 40 MB."""
    from PIL import Image

    side = 3700
    noise = Image.frombytes("RGB", (side, side), random.Random(0).randbytes(side * side * 3))
    buffer = io.BytesIO()
    noise.save(buffer, "PNG", compress_level=0)
    return buffer.getvalue()
