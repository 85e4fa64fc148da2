"""Turn pictures in data (bytes, records with bytes, Pillow pictures, lists of these) into Images."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from mmdt.core.base64_picture import is_data_url, picture_from_base64
from mmdt.core.chat_format import MAX_IMAGES
from mmdt.core.image import Image
from mmdt.data.kinds import kind_of
from mmdt.errors import DataError


class NamedFiles(Protocol):
    """Where pictures are that data names: the files of the same dataset."""

    def read(self, name: str, where: str) -> bytes: ...


def as_images(value: Any, where: str, files: NamedFiles | None = None) -> tuple[Image, ...]:
    """Every picture in ``value``. Raises DataError, naming ``where``, if one is missing or damaged, or for too many."""
    values = list(value) if isinstance(value, list | tuple) else [value]
    if len(values) > MAX_IMAGES:
        raise DataError(f"{len(values)} images in one row", where=where, hint=f"use at most {MAX_IMAGES}")
    return tuple(as_image(each, where, files) for each in values)


def as_image(value: Any, where: str, files: NamedFiles | None = None) -> Image:
    """One picture: encoded bytes, a record with ``bytes`` (the form of the ``datasets`` library), a Pillow picture, or,
    with ``files``, the name of one of them.

    Without ``files`` a record with only a ``path`` is refused: data must not make mmdt read files of this machine.
    """
    if isinstance(value, Mapping):
        data = value.get("bytes")
        if not data and value.get("path"):
            if files is not None:
                return Image.from_bytes(files.read(str(value["path"]), where), where=where)
            raise DataError(
                "the row names an image file but does not contain it", where=where, hint="embed the image's bytes"
            )
        value = data
    if isinstance(value, str) and value.strip() and files is not None:
        named = not is_data_url(value)
        return Image.from_bytes(files.read(value, where), where=where) if named else picture_from_base64(value, where)
    if isinstance(value, bytes | bytearray | memoryview):
        return Image.from_bytes(bytes(value), where=where)
    if hasattr(value, "save") and hasattr(value, "convert"):  # a Pillow picture; Pillow is not imported for the check
        return Image.from_pil(value if value.mode in ("RGB", "RGBA", "L", "P", "LA", "1") else value.convert("RGB"))
    raise DataError(f"expected an image, got {kind_of(value)}", where=where, hint="embed the image's bytes")
