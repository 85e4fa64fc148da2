"""Image: a picture by reference, so that queues hold names rather than megabytes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import warnings
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mmdt.errors import DataError

if TYPE_CHECKING:
    from PIL import Image as Pil

MAX_SIDE = 16_384
"""Pixels along one side; larger pictures are refused before they are decoded."""
MAX_PIXELS = 64_000_000
"""Pixels in all (a decompression bomb is refused before it is decoded)."""
MAX_BYTES = 64 * 1024 * 1024
"""Size of the encoded file."""

BOMB_PIXELS = 20_000_000
BOMB_RATIO = 200
"""A picture with more pixels than this, and more of them for each byte of its file, is a decompression bomb. (A smaller
one of a single colour is harmless, and models draw such.)"""

MEDIA_TYPES = {
    "PNG": "image/png",
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",  # a JPEG with further pictures behind it, as phones take portraits
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
}
FORMATS = tuple(kind for kind in MEDIA_TYPES if kind != "MPO")
"""What Pillow is asked for; it finds an MPO by itself where it opens a JPEG."""
SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
}


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture: its SHA-256, type and size, and where its bytes are.

    ``data`` holds the encoded bytes while the picture is only in memory, ``path`` names its file
    (or its fsspec address) once it is stored. Two images are equal when their bytes are.
    """

    digest: str
    media_type: str
    width: int
    height: int
    data: bytes = field(default=b"", repr=False, compare=False)
    path: str = field(default="", repr=False, compare=False)

    @classmethod
    def from_bytes(cls, data: bytes, *, where: str = "image", decode: bool = False) -> Self:
        """Check the header, the size and the end of an encoded picture, and wrap it.

        With ``decode``, every pixel is decoded too (a few milliseconds), which also finds damage in the middle.
        Raises DataError, naming ``where``, on anything that is not a whole PNG, JPEG, WebP, GIF or BMP
        within the limits of this module.
        """
        media_type, width, height = _inspect(data, where, decode)
        return cls(hashlib.sha256(data).hexdigest(), media_type, width, height, data)

    @classmethod
    def from_pil(cls, picture: Pil.Image, kind: str = "PNG") -> Self:
        """Encode a Pillow picture (by default as PNG with light compression)."""
        buffer = io.BytesIO()
        if kind == "PNG":
            picture.save(buffer, "PNG", compress_level=1)
        else:
            picture.save(buffer, kind, quality=90)
        data = buffer.getvalue()
        return cls(hashlib.sha256(data).hexdigest(), MEDIA_TYPES[kind], picture.width, picture.height, data)

    @classmethod
    def from_path(cls, path: str | Path) -> Self:
        """Read a picture file; raises DataError where it is missing or damaged."""
        try:
            data = read_file(path, MAX_BYTES)
        except OSError as error:
            raise DataError(
                "the image cannot be read", where=f"{path}: {error.strerror}", hint="check the path"
            ) from error
        return cls.from_bytes(data, where=str(path))

    def read(self) -> bytes:
        """The encoded bytes. Raises DataError when the stored file is gone, or no longer has this digest."""
        if self.data:
            return self.data
        if not self.path:
            raise DataError("the image has no bytes", where=self.digest[:12], hint="bind it to an artifact store")
        try:
            data = _read_remote(self.path) if "://" in self.path else read_file(self.path, MAX_BYTES)
        except OSError as error:
            raise DataError(
                "a stored image cannot be read",
                where=f"{self.path}: {error.strerror or error}",
                hint="restore the run's artifacts folder",
            ) from error
        if hashlib.sha256(data).hexdigest() != self.digest:
            raise DataError(
                "a stored image is damaged: its content does not have the SHA-256 that names it",
                where=self.path,
                hint="restore the run's artifacts folder",
            )
        return data

    def pil(self) -> Pil.Image:
        """Decode to RGB (transparency on white). Raises DataError on damage."""
        data = self.read()
        try:
            return _decoded(data)
        except (OSError, SyntaxError, ValueError) as error:
            reason = str(error).partition(" <")[0]  # Pillow adds the address of the object in memory
            raise DataError(f"the image cannot be decoded: {reason}", where=self.path or self.digest[:12]) from error

    @property
    def suffix(self) -> str:
        try:
            return SUFFIXES[self.media_type]
        except KeyError:
            what = f"{self.media_type[:60]!r} is no type of picture that mmdt knows"
            raise DataError(
                what, where=self.digest[:12], hint="the store was changed, or written by another mmdt"
            ) from None


def read_file(path: str | Path, most: int | None = None) -> bytes:
    """The bytes of a file, with a third of the system calls that ``open`` makes: after each call a thread must compete
    for the interpreter again. Raises OSError, also where it has more than ``most`` bytes: before it is read, since a
    sparse file takes no space on the disk and all of the memory."""
    number = os.open(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        size = os.fstat(number).st_size
        if most is not None and size > most:
            raise OSError(errno.EFBIG, f"the file has {size:,} bytes; at most {most:,} are read")
        data = os.read(number, size + 1)
        if len(data) == size:
            return data
        parts = [data]  # not a regular file, or one still being written
        while data:
            data = os.read(number, 1 << 20)
            parts.append(data)
            if most is not None and sum(map(len, parts)) > most:
                raise OSError(errno.EFBIG, f"the file has more than {most:,} bytes")
        return b"".join(parts)
    finally:
        os.close(number)


def _read_remote(address: str) -> bytes:
    import fsspec  # type: ignore[import-untyped]

    with fsspec.open(address, "rb") as file:
        return bytes(file.read(MAX_BYTES + 1))


def _decoded(data: bytes) -> Pil.Image:
    from PIL import Image as Pil
    from PIL import ImageOps

    with Pil.open(io.BytesIO(data), formats=FORMATS) as opened:
        picture = ImageOps.exif_transpose(opened)
        if picture.mode.startswith("I"):  # 16 bits of grey: Pillow would clip them, not scale
            return _scaled_grey(picture)
        if picture.mode in ("RGBA", "LA", "PA") or "transparency" in picture.info:
            layer = picture.convert("RGBA")
            white = Pil.new("RGBA", layer.size, "white")
            return Pil.alpha_composite(white, layer).convert("RGB")
        return picture.convert("RGB")


def _scaled_grey(picture: Pil.Image) -> Pil.Image:
    """Grey of 16 bits as RGB of 8, brightness kept."""
    import numpy as np
    from PIL import Image as Pil

    levels = np.clip(np.asarray(picture, np.int64), 0, 65535) // 257
    return Pil.fromarray(levels.astype(np.uint8), "L").convert("RGB")


def _inspect(data: bytes, where: str, decode: bool) -> tuple[str, int, int]:
    from PIL import Image as Pil

    if len(data) > MAX_BYTES:
        raise DataError(f"the image has {len(data):,} bytes", where=where, hint=f"keep it under {MAX_BYTES:,}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Pil.DecompressionBombWarning)  # our own limit is stricter
            picture = Pil.open(io.BytesIO(data), formats=FORMATS)
    except Pil.DecompressionBombError as error:
        raise DataError(f"the image is too large: {error}", where=where, hint="scale it down") from error
    except (OSError, SyntaxError, ValueError) as error:
        hint = "use a whole PNG, JPEG, WebP, GIF or BMP"
        raise DataError("this is not an image that can be read", where=where, hint=hint) from error
    width, height = picture.size
    if width * height > max(BOMB_PIXELS, BOMB_RATIO * len(data)):
        what = f"the image has {width:,} x {height:,} pixels in {len(data):,} bytes, which is a decompression bomb"
        raise DataError(what, where=where, hint="save it again with an ordinary program")
    if width > MAX_SIDE or height > MAX_SIDE or width * height > MAX_PIXELS:
        hint = f"scale it to at most {MAX_SIDE:,} a side and {MAX_PIXELS:,} in all"
        raise DataError(f"the image has {width:,} x {height:,} pixels", where=where, hint=hint)
    try:
        if _cut_short(data, str(picture.format)):
            raise OSError("the end of the file is missing")
        if decode or not _ends_as_usual(data, str(picture.format)):
            picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(f"the image is damaged: {error}", where=where, hint="replace the file") from error
    return MEDIA_TYPES[str(picture.format)], width, height


def _cut_short(data: bytes, kind: str) -> bool:
    """Whether the end is certainly missing: much cheaper than decoding, and it finds truncated downloads."""
    match kind:
        case "PNG":
            return b"IEND" not in data
        case "JPEG" | "MPO":
            return b"\xff\xd9" not in data
        case "WEBP":
            return len(data) < int.from_bytes(data[4:8], "little")
        case "GIF":
            return not data.rstrip(b"\x00").endswith(b"\x3b")
        case "BMP":
            return len(data) < int.from_bytes(data[2:6], "little")
    return False


def _ends_as_usual(data: bytes, kind: str) -> bool:
    """Whether the end marker is at the end. Phones append films and programs append trailers: only decoding can tell
    such a file from one that was cut off."""
    if kind == "PNG":
        return b"IEND" in data[-64:]
    return kind not in ("JPEG", "MPO") or b"\xff\xd9" in data[-4096:]
