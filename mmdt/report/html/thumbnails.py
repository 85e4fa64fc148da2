"""Thumbnails: small pictures as ``data:`` URLs, each made once, several in parallel."""

from __future__ import annotations

import base64
import io
import os
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from mmdt.core.decoding import decode
from mmdt.core.image import Image
from mmdt.errors import DataError

QUALITY = 60
AHEAD = 64
"""Thumbnails in progress at once: enough to keep every core busy, few enough to keep memory flat."""


class PictureIndex:
    """Numbers pictures by digest, in order of first use, so that identical pictures are embedded once."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self.images: list[Image] = []

    def number(self, image: Image) -> int:
        known = self._numbers.setdefault(image.digest, len(self.images))
        if known == len(self.images):
            self.images.append(image)
        return known


def thumbnails(images: Sequence[Image], size: int) -> Iterator[str]:
    """A WebP ``data:`` URL for each picture, in order, at most ``size`` pixels along the longer side.

    A picture that cannot be read or decoded gives an empty string; the report says so in its place.
    """
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        yield from _in_order(pool, images, size)


def _in_order(pool: ThreadPoolExecutor, images: Iterable[Image], size: int) -> Iterator[str]:
    pending: deque[Future[str]] = deque()
    for image in images:
        pending.append(pool.submit(_thumbnail, image, size))
        if len(pending) >= AHEAD:
            yield pending.popleft().result()
    while pending:
        yield pending.popleft().result()


def _thumbnail(image: Image, size: int) -> str:
    made = thumbnail_of(image, size)
    return f"data:image/webp;base64,{base64.b64encode(made).decode('ascii')}" if made else ""


def thumbnail_of(image: Image, size: int) -> bytes:
    """One picture as WebP, at most ``size`` pixels along the longer side; empty where it cannot be read or decoded."""
    try:
        return _small(image, size)
    except (DataError, OSError, SyntaxError, ValueError):
        return b""


def _small(image: Image, size: int) -> bytes:
    # The file may have changed since it was stored: check its limits again before decoding.
    data = Image.from_bytes(image.read()).data
    small = decode(data, image.digest[:12], about=size)
    small.thumbnail((size, size), reducing_gap=2.0)
    buffer = io.BytesIO()
    small.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue()
