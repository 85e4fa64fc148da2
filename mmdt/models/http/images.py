"""Pictures on their way to and from an API: data URLs, base64, downloads; all within the limits of core.image."""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from mmdt.core.image import MAX_BYTES, Image
from mmdt.errors import DataError

if TYPE_CHECKING:
    import httpx2


def accepted(image: Image, media_types: frozenset[str], most: int | None) -> Image:
    """The image with its bytes at hand, as PNG where its type is none of ``media_types``.

    Its content is never changed. Raises DataError where it cannot be read, and where it has more than ``most`` bytes:
    scaling it down is the user's decision.
    """
    sent = image if image.media_type in media_types else Image.from_pil(image.pil())
    data = sent.read()
    if most is not None and len(data) > most:
        raise DataError(
            f"the picture has {len(data):,} bytes and the limit for one is {most:,}",
            where=image.path or image.digest[:12],
            hint="scale it down in the data, or raise max_image_bytes if the service takes more",
        )
    return sent if sent.data else replace(sent, data=data)


def data_url(image: Image) -> bytes:
    """``"data:image/png;base64,..."`` with its quotes, ready to stand in JSON (base64 needs no escapes)."""
    return b'"data:%b;base64,%b"' % (image.media_type.encode(), base64.b64encode(image.read()))


def from_base64(text: str) -> Image:
    """A picture from a reply. Raises DataError on anything that is not a whole picture."""
    if len(text) > MAX_BYTES * 4 // 3 + 4:
        raise DataError(f"the reply holds a picture of more than {MAX_BYTES:,} bytes")
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(f"the picture is not base64: {error}") from error
    return Image.from_bytes(data, where="reply")


async def download(url: str, client: httpx2.AsyncClient) -> Image:
    """A picture that a reply names by URL.

    Only http and https, no redirects, no credentials, ``MAX_BYTES`` at most. Raises DataError on anything else.
    """
    import httpx2

    shown = url.partition("?")[0][:200]  # a signed URL's query is as good as a key
    if urlsplit(url).scheme not in ("http", "https"):
        raise DataError("the reply names a picture that is not on the web", where=shown)
    try:
        return Image.from_bytes(await _fetch(url, client), where=shown)
    except httpx2.HTTPError as error:
        raise DataError(f"the picture cannot be fetched: {type(error).__name__}", where=shown) from error


async def _fetch(url: str, client: httpx2.AsyncClient) -> bytes:
    data = bytearray()
    async with client.stream("GET", url, follow_redirects=False) as response:
        if response.status_code != 200:
            raise DataError(f"the picture cannot be fetched: status {response.status_code}")
        async for chunk in response.aiter_bytes():
            data += chunk
            if len(data) > MAX_BYTES:
                raise DataError(f"the picture has more than {MAX_BYTES:,} bytes")
    return bytes(data)
