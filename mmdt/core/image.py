"""Image: a picture by reference, so that queues hold names rather than megabytes."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Self

from mmdt.core.decoding import MAX_BYTES, MEDIA_TYPES, inspect, is_animated
from mmdt.core.decoding import decode as decode_picture
from mmdt.errors import DataError

if TYPE_CHECKING:
    from PIL import Image as Pil

SUFFIXES = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/webp": "webp",
    "image/gif": "gif",
    "image/bmp": "bmp",
    "image/avif": "avif",
    "image/heic": "heic",
}
PLAIN = 100_000
"""Pictures of which this process remembers whether they are plain: looking takes longer than sending them."""
_plain: dict[str, bool] = {}


@dataclass(frozen=True, slots=True)
class Image:
    """An encoded picture: its SHA-256, type and size, and where its bytes are.

    Width and height are those of what is shown. ``data`` holds the encoded bytes while the picture is only in memory,
    ``path`` names its file (or its fsspec address) once it is stored. Two images are equal when their bytes are.
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
        Raises DataError, naming ``where``, on anything that is not a whole PNG, JPEG, WebP, GIF, BMP, AVIF or HEIC
        within the limits of ``core.decoding``.
        """
        found = inspect(data, where, decode=decode)
        digest = hashlib.sha256(data).hexdigest()
        _remember_plain(digest, plain=found.plain)
        return cls(digest, found.media_type, found.width, found.height, data)

    @classmethod
    def from_pil(cls, picture: Pil.Image, kind: str = "PNG", quality: int = 90) -> Self:
        """Encode a Pillow picture (by default as PNG with light compression; ``quality`` is for the others)."""
        buffer = io.BytesIO()
        if kind == "PNG":
            picture.save(buffer, "PNG", compress_level=1)
        else:
            picture.save(buffer, kind, quality=quality)
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
        """Decode to RGB, as ``core.decoding`` says. Raises DataError on damage."""
        return decode_picture(self.read(), self.path or self.digest[:12])

    def is_plain(self) -> bool:
        """Whether every program shows the pixels that :meth:`pil` gives, so that the file can be sent as it is.

        Raises DataError where it cannot be read.
        """
        known = _plain.get(self.digest)
        if known is None:
            known = inspect(self.read(), self.path or self.digest[:12]).plain
            _remember_plain(self.digest, plain=known)
        return known

    @property
    def animated(self) -> bool:
        """Whether it has several frames, of which the first one is shown. Raises DataError where it cannot be read."""
        return is_animated(self.read(), self.media_type)

    @property
    def suffix(self) -> str:
        try:
            return SUFFIXES[self.media_type]
        except KeyError:
            what = f"{self.media_type[:60]!r} is no type of picture that mmdt knows"
            raise DataError(
                what, where=self.digest[:12], hint="the store was changed, or written by another mmdt"
            ) from None


def _remember_plain(digest: str, *, plain: bool) -> None:
    if len(_plain) >= PLAIN:
        _plain.clear()
    _plain[digest] = plain


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
