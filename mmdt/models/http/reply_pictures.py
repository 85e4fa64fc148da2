"""The picture that an entry of a reply stands for: base64, a data URL or an address, plain or in an object."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from mmdt.core.base64_picture import is_data_url
from mmdt.core.image import Image
from mmdt.errors import DataError
from mmdt.models.http.downloads import download
from mmdt.models.http.images import from_base64

_ENCODED = ("b64_json", "b64", "base64", "image_base64")
_NAMED = ("url", "image_url", "image")
"""Names that compatible servers give to a picture in base64, and to an address (or to the object that holds it)."""
LONGEST = 8192
"""Characters of an address. A signed one has a thousand or two."""
DEEPEST = 3


async def listed_picture(value: Any, asked: str, timeout: float, depth: int = 0) -> Image:  # noqa: ASYNC109
    """``asked``: the URL that replied; addresses may be relative to it, and are fetched only where ``download`` allows.

    Raises DataError if there is no picture, or none that may be fetched and is whole.
    """
    if isinstance(value, Mapping):
        encoded = next((value[name] for name in _ENCODED if isinstance(value.get(name), str) and value[name]), None)
        if encoded is not None:
            return from_base64(encoded)
        named = next((value[name] for name in _NAMED if value.get(name)), None)
        return await listed_picture(named if depth < DEEPEST else None, asked, timeout, depth + 1)
    if not isinstance(value, str) or not value.strip():
        raise DataError("the reply has neither an image nor its URL")
    text = value.strip()
    if is_data_url(text) or not _is_address(text):
        return from_base64(text)
    try:
        url = urljoin(asked, text)
    except ValueError as error:  # such as http://[
        raise DataError(f"the reply names a picture by an address that cannot be read: {error}") from error
    return await download(url, asked, timeout)


def _is_address(text: str) -> bool:
    """Base64 has no dot and no colon; that of a JPEG begins with ``/9j/``, which no path does."""
    if len(text) > LONGEST:
        return text[:8].lower().startswith(("http://", "https://"))
    return any(mark in text for mark in ".:?&%") or (text.startswith("/") and not text.startswith("/9j/"))
