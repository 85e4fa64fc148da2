"""Canonical PNG: the same pixels give the same bytes on every machine.

Compressors differ between builds of zlib, so the data is stored, not compressed: deflate blocks of type 0 (RFC 1951,
section 3.2.4), 8-bit RGB, no filter, no metadata.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from PIL import Image as Pil

from mmdt.core.case import Case
from mmdt.core.image import Image

_BLOCK = 65_535


def canonical(case: Case) -> Case:
    """The case with each PNG written canonically; its id follows from the new bytes. Other types stay as they are."""
    changed = case.map_images(lambda image: _rewritten(image) if image.media_type == "image/png" else image)
    if changed.messages:
        made = Case.of_messages(changed.cell, changed.messages, changed.target, changed.group, changed.recipe)
    else:
        made = Case.make(
            changed.cell, changed.prompt, changed.images, changed.target, changed.group, changed.system, changed.recipe
        )
    return made


def _rewritten(image: Image) -> Image:
    return Image.from_bytes(stored_png(image.pil()))


def stored_png(picture: Pil.Image) -> bytes:
    """The picture as PNG bytes that depend on its pixels alone."""
    pixels = np.asarray(picture.convert("RGB"))
    height, width = pixels.shape[:2]
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # the first byte of a row is its filter: none
    rows[:, 1:] = pixels.reshape(height, -1)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", header),
            _chunk(b"IDAT", _deflated(rows.tobytes())),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _deflated(data: bytes) -> bytes:
    """The data as a zlib stream of stored blocks."""
    starts = range(0, len(data), _BLOCK)
    blocks = (_stored(data[start : start + _BLOCK], last=start + _BLOCK >= len(data)) for start in starts)
    return b"".join((b"\x78\x01", *blocks, struct.pack(">I", zlib.adler32(data))))


def _stored(part: bytes, *, last: bool) -> bytes:
    return struct.pack("<BHH", int(last), len(part), len(part) ^ 0xFFFF) + part
