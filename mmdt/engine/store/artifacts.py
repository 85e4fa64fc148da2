"""Artifacts: pictures as files named by their SHA-256, in a folder or a bucket."""

from __future__ import annotations

import os
from collections import deque
from dataclasses import replace
from pathlib import Path
from typing import Any

from mmdt.core.image import Image
from mmdt.disk.private import FILE, FOLDER
from mmdt.disk.sync import sync_file
from mmdt.disk.whole import unfinished
from mmdt.engine.errors import disk_error
from mmdt.errors import DataError


class Artifacts:
    """Content-addressed pictures: ``<root>/ab/abcdef....png``.

    ``root`` is a plain path or an fsspec address such as ``s3://bucket/run/artifacts`` (its library must be installed).
    A picture is stored once, however many cases and outputs use it.
    """

    def __init__(self, root: str | Path) -> None:
        self.root = str(root)
        self._remote: Any = None
        if "://" in self.root:
            import fsspec  # type: ignore[import-untyped]

            self._remote = fsspec.url_to_fs(self.root)[0]
        self._folders: set[str] = set()
        self._sound: set[str] = set()
        self._new: deque[str] = deque()

    def put(self, image: Image) -> Image:
        """Store the picture unless it is stored already; returns it with its path and without its bytes.

        Thread-safe. Raises StoreError if the folder is not writable, DataError if the picture cannot be read.
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
        """The picture with the path that belongs to its digest. Nothing is read or checked."""
        path = f"{self.root}/{image.digest[:2]}/{image.digest}.{image.suffix}"
        return Image(image.digest, image.media_type, image.width, image.height, path=path)

    def _put_file(self, image: Image, path: str) -> None:
        if self._is_sound(image, path):
            return
        data = image.read()
        folder = os.path.dirname(path)  # noqa: PTH120 - plain strings: this runs once for every picture
        if folder not in self._folders:
            Path(self.root).mkdir(mode=FOLDER, parents=True, exist_ok=True)
            os.makedirs(folder, mode=FOLDER, exist_ok=True)  # noqa: PTH103
            self._folders.add(folder)
        part = unfinished(path)  # without looking for what others left: this runs once for every picture
        try:
            _write(part, data)
            os.replace(part, path)  # noqa: PTH105
            self._new.append(path)
            self._sound.add(path)
        except OSError:
            Path(part).unlink(missing_ok=True)
            raise

    def sync(self) -> None:
        """Wait until the pictures stored since the last call are on the disk. Thread-safe. Raises OSError."""
        while self._new:
            path = self._new.popleft()
            sync_file(path)

    def _is_sound(self, image: Image, path: str) -> bool:
        """Whether the file is there and whole; a damaged one is replaced."""
        size = _size(path)
        if not size or size != (len(image.data) or size):
            return False
        if path in self._sound:
            return True
        try:
            replace(image, data=b"", path=path).read()
        except DataError:
            return False
        self._sound.add(path)
        return True

    def _put_remote(self, image: Image, path: str) -> None:
        if not self._remote.exists(path):
            self._remote.pipe_file(path, image.read())


def _write(path: str, data: bytes) -> None:
    """Write a file with as few system calls as possible; see ``read_file``."""
    number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_BINARY", 0), FILE)
    try:
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(number, rest) :]
    finally:
        os.close(number)


def _size(path: str) -> int:
    """Size in bytes; zero if there is no file."""
    try:
        return os.stat(path).st_size  # noqa: PTH116
    except (FileNotFoundError, NotADirectoryError):
        return 0
