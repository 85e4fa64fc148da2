"""Encodes pictures for requests and decodes those in replies, within the limits of ``core.image``."""

from __future__ import annotations

import base64
from dataclasses import replace

from mmdt.core.base64_picture import picture_from_base64
from mmdt.core.image import Image
from mmdt.errors import DataError

_PHOTOGRAPHS = frozenset({"image/jpeg", "image/heic", "image/avif"})
"""Types that are not exact themselves."""


def accepted(image: Image, media_types: frozenset[str], most: int | None) -> Image:
    """The image with its bytes loaded, as it is sent.

    What was decoded is sent, as PNG, if the type is not in ``media_types``, and wherever a program could show other
    pixels than mmdt's own evaluators see: a picture that its EXIF tag turns, the first frame of an animation, 16 bits
    of grey. A photograph whose PNG would be over the limit goes as JPEG of the best quality. Its content never changes
    otherwise. Raises DataError if it cannot be read or has more than ``most`` bytes: scaling it down is the user's
    decision.
    """
    image = image if image.data else replace(image, data=image.read())
    plain = image.media_type in media_types and image.is_plain()
    sent = image if plain else _decoded(image, most)
    if most is not None and len(sent.data) > most:
        raise DataError(
            f"the picture has {len(sent.data):,} bytes, and the limit is {most:,}",
            where=image.path or image.digest[:12],
            hint="scale it down in the data, or raise max_image_bytes if the service accepts more",
        )
    return sent


def _decoded(image: Image, most: int | None) -> Image:
    picture = image.pil()
    exact = Image.from_pil(picture)
    if most is None or len(exact.data) <= most or image.media_type not in _PHOTOGRAPHS:
        return exact
    return Image.from_pil(picture, "JPEG", quality=95)


def data_url(image: Image) -> bytes:
    """``"data:image/png;base64,..."`` with its quotes, ready for JSON (base64 needs no escapes)."""
    return b'"data:%b;base64,%b"' % (image.media_type.encode(), base64.b64encode(image.read()))


def from_base64(text: str) -> Image:
    """Decode a picture from a reply: base64 in any of its forms, or a data URL. Raises DataError if it is not a
    complete picture."""
    return picture_from_base64(text, "reply")
