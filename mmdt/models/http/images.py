"""Encodes pictures for requests and decodes those in replies, within the limits of ``core.image``."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace

from mmdt.core.image import MAX_BYTES, Image
from mmdt.errors import DataError


def accepted(image: Image, media_types: frozenset[str], most: int | None) -> Image:
    """The image with its bytes loaded; converted to PNG if its type is not in ``media_types``.

    Its content never changes. Raises DataError if it cannot be read or has more than ``most`` bytes: scaling it down is
    the user's decision.
    """
    sent = image if image.media_type in media_types else Image.from_pil(image.pil())
    data = sent.read()
    if most is not None and len(data) > most:
        raise DataError(
            f"the picture has {len(data):,} bytes, and the limit is {most:,}",
            where=image.path or image.digest[:12],
            hint="scale it down in the data, or raise max_image_bytes if the service accepts more",
        )
    return sent if sent.data else replace(sent, data=data)


def data_url(image: Image) -> bytes:
    """``"data:image/png;base64,..."`` with its quotes, ready for JSON (base64 needs no escapes)."""
    return b'"data:%b;base64,%b"' % (image.media_type.encode(), base64.b64encode(image.read()))


def from_base64(text: str) -> Image:
    """Decode a picture from a reply. Raises DataError if it is not a complete picture."""
    if len(text) > MAX_BYTES * 4 // 3 + 4:
        raise DataError(f"the reply contains a picture of more than {MAX_BYTES:,} bytes")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(f"the picture is not base64: {error}") from error
    return Image.from_bytes(data, where="reply")
