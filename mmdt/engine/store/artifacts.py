"""Artifacts: pictures as files named by their SHA-256, in a folder or a bucket."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdt.core.image import Image
from mmdt.engine.errors import disk_error


class Artifacts:
    """A content-addressed collection: ``<root>/ab/abcdef....png``.

    ``root`` is a plain path, or an fsspec address such as ``s3://bucket/run/artifacts`` (its library must be
    installed). The same picture is kept once, however many cases and outputs show it.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)
        self._remote: Any = None
        if "://" in self.root:
            import fsspec  # type: ignore[import-untyped]

            self._remote = fsspec.url_to_fs(self.root)[0]
        self._made: set[str] = set()

    def put(self, image: Image) -> Image:
        """Store the picture unless it is there; returns it with its path set and its bytes dropped.

        Safe to call from several threads. Raises StoreError when the folder cannot be written, DataError
        when the picture has no bytes left to store.
        """
        bound = self.bind(image)
        try:
            if self._remote is not None:
                self._put_remote(image, bound.path)
            else:
                self._put_file(image, bound.path)
        except OSError as error:
            raise disk_error(error, self.root) from error
        return bound

    def bind(self, image: Image) -> Image:
        """The picture with its path set from its digest; nothing is read or checked."""
        path = f"{self.root}/{image.digest[:2]}/{image.digest}.{image.suffix}"
        return replace(image, data=b"", path=path)

    def _put_file(self, image: Image, path: str) -> None:
        data = image.data
        size = _size(path)
        if size and size == (len(data) or size):
            return
        data = data or image.read()
        folder = os.path.dirname(path)  # noqa: PTH120 - plain strings: this runs once for every picture
        if folder not in self._made:
            os.makedirs(folder, exist_ok=True)  # noqa: PTH103
            self._made.add(folder)
        # Written under another name first, so that a killed process never leaves half a picture under this one.
        part = f"{path}.{os.getpid()}-{threading.get_ident()}.part"
        try:
            _write(part, data)
            os.replace(part, path)  # noqa: PTH105
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise

    def _put_remote(self, image: Image, path: str) -> None:
        if not self._remote.exists(path):
            self._remote.pipe_file(path, image.read())


def _write(path: str, data: bytes) -> None:
    """As few system calls as can be; see ``read_file``."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), 0o666)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(number, rest) :]
    finally:
        os.close(number)


def _size(path: str) -> int:
    """Zero where there is no file."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return 0
