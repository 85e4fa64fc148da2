"""Limits of what a server may send: bytes, unpacked bytes, depth of JSON."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from mmdt.safe_text.redaction import redact

MAX_REPLY = 64 * 1024 * 1024
"""Bytes of one reply, unpacked. The setting max_reply_bytes changes it."""
MAX_PICTURES = 16
"""Pictures in one reply."""
TIMEOUT = 600.0
"""Seconds for one attempt at an API, as in the SDKs of OpenAI and Anthropic: a model may think for minutes."""
CONNECT = 30.0
"""Seconds to wait for a connection, at most."""
KEEP = 30.0
"""Seconds to keep a connection that is not used."""
BATCH_FILES = 64
"""A file with the answers of a whole batch may be this many times as large as one reply; it goes to the disk."""

_factor: ContextVar[int] = ContextVar("mmdt_reply_factor", default=1)


class TooLargeError(ValueError):
    """A reply is larger than allowed. The message says so in words."""


@contextmanager
def larger(factor: int) -> Iterator[None]:
    """Accept replies that are ``factor`` times as large, in this task."""
    token = _factor.set(factor)
    try:
        yield
    finally:
        _factor.reset(token)


class Body:
    """Counts the bytes of one reply while they arrive, and unpacks gzip and deflate. Raises TooLargeError.

    ``encoding``: the Content-Encoding header. Only as much is unpacked at a time as the limit still allows, so that a
    few kilobytes cannot become gigabytes.
    """

    def __init__(self, most: int, encoding: str = "", length: str | None = None) -> None:
        self.most = most * _factor.get()
        self._left = self.most
        names = [name for name in encoding.replace(" ", "").lower().split(",") if name not in ("", "identity")]
        if len(names) > 1 or (names and names[0] not in ("gzip", "x-gzip", "deflate")):
            raise TooLargeError(f"the reply is packed as {redact(encoding)[:40]}, which was not asked for")
        self._unpack = _unpacker(names[0]) if names else None
        if length and length.isdigit() and int(length) > self.most:
            raise self.too_large()

    def feed(self, data: bytes) -> bytes:
        """What ``data`` adds to the unpacked body."""
        if self._unpack is None:
            self._count(data)
            return data
        try:
            found: bytes = self._unpack.decompress(data, self._left + 1)
        except zlib.error as error:
            raise ValueError(f"the packed reply is damaged: {error}") from error
        self._count(found)
        return found

    def too_large(self) -> TooLargeError:
        return TooLargeError(f"the reply has more than {self.most:,} bytes (its limit is the setting max_reply_bytes)")

    def _count(self, data: bytes) -> None:
        self._left -= len(data)
        if self._left < 0:
            raise self.too_large()


def _unpacker(name: str) -> Any:
    return zlib.decompressobj(zlib.MAX_WBITS | 16 if "gzip" in name else zlib.MAX_WBITS)
