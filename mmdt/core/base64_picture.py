"""Pictures in base64, as replies and data write them: with a ``data:`` prefix or without, in lines, in either alphabet,
with its padding or without."""

from __future__ import annotations

import base64
import binascii
import re

from mmdt.core.decoding import MAX_BYTES
from mmdt.core.image import Image
from mmdt.errors import DataError

_PREFIX = re.compile(r"data:(?:[a-z0-9.+-]+/[a-z0-9.+-]+)?(?:;[^,;]*)*;base64,", re.IGNORECASE)
_PREFIX_LENGTH = 256
_URL_SAFE = str.maketrans("-_", "+/")
_PADDING = re.compile(r"(?:=|%3D)*$", re.IGNORECASE)


def is_data_url(text: str) -> bool:
    """Whether the text is a data URL, in base64 or not."""
    return text[:5].lower() == "data:"


def picture_from_base64(text: str, where: str) -> Image:
    """The picture in a text of base64 or in a data URL of it. Raises DataError, naming ``where``, if there is none."""
    if len(text) > MAX_BYTES * 4 // 3 * 78 // 76 + _PREFIX_LENGTH:  # in lines of 76
        raise DataError(f"the picture has more than {MAX_BYTES:,} bytes", where=where, hint="scale it down")
    encoded = text.strip()
    if is_data_url(encoded):
        prefix = _PREFIX.match(encoded)
        if prefix is None:
            raise DataError("the data URL is not in base64", where=where, hint="write data:image/png;base64,...")
        encoded = encoded[prefix.end() :]
    letters = _PADDING.sub("", "".join(encoded.split())).translate(_URL_SAFE)
    try:
        data = base64.b64decode(letters + "=" * (-len(letters) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise DataError(
            f"the picture is not valid base64: {error}", where=where, hint="encode the file again"
        ) from error
    return Image.from_bytes(data, where=where)
