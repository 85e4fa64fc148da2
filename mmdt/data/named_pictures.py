"""Pictures that rows name instead of holding them: files of the same dataset, or members of its zip archives."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import Protocol

from mmdt.core.decoding import MAX_BYTES
from mmdt.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp", ".avif", ".heic", ".heif")
MAX_MEMBERS = 1_000_000
"""Entries of an archive; one with more is not looked into."""


class _Files(Protocol):
    def names(self) -> Sequence[str]: ...

    def paths(self, names: Sequence[str], patterns: Sequence[str] = ()) -> Sequence[Path]: ...


class NamedPictures:
    """The pictures of a dataset by name. A name is looked for beside the rows' own file, then from the top.

    Only files that the dataset lists are opened, so that a row cannot name others of this machine.
    """

    def __init__(self, files: _Files, folder: PurePosixPath) -> None:
        self._files = files
        self._folder = folder
        self._listed: frozenset[str] | None = None

    def read(self, name: str, where: str) -> bytes:
        """The encoded picture. Raises DataError when the dataset does not have it, or it is too large."""
        places = self._places(name)
        if self._listed is None:
            self._listed = frozenset(self._files.names())
        for place in places:
            if place in self._listed:
                return self._whole(self._files.paths([place])[0], where)
        for archive in sorted(each for each in self._listed if each.lower().endswith(".zip")):
            data = self._member(self._files.paths([archive])[0], places, where)
            if data is not None:
                return data
        hint = "put it into the dataset, as a file or in a zip archive, or embed the image's bytes"
        raise DataError(f"the dataset has no image {name[:80]!r}", where=where, hint=hint)

    def _places(self, name: str) -> tuple[str, ...]:
        path = PurePosixPath(name.strip())
        if path.is_absolute() or ".." in path.parts or "\\" in name or not path.parts:
            return ()
        return tuple(dict.fromkeys((str(self._folder / path), str(path))))

    def _whole(self, path: Path, where: str) -> bytes:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(where)
        return path.read_bytes()

    def _member(self, path: Path, places: Sequence[str], where: str) -> bytes | None:
        """A member of an archive by its whole name, or below the one folder that holds all members."""
        try:
            with zipfile.ZipFile(path) as archive:
                members = archive.namelist()
                if len(members) > MAX_MEMBERS:
                    raise DataError("the archive has too many members", where=str(path), hint="split it")
                found = next((each for each in _candidates(places, members) if each in archive.NameToInfo), None)
                if found is None:
                    return None
                with archive.open(found) as file:
                    data = file.read(MAX_BYTES + 1)
        except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
            raise DataError(
                f"the archive cannot be read: {error}", where=str(path), hint="download it again"
            ) from error
        if len(data) > MAX_BYTES:
            raise _too_large(where)
        return data


def _candidates(places: Sequence[str], members: Sequence[str]) -> Sequence[str]:
    tops = {name.split("/", 1)[0] for name in members}
    below = [f"{next(iter(tops))}/{place}" for place in places] if len(tops) == 1 else []
    return [*places, *below]


def _too_large(where: str) -> DataError:
    return DataError("the image is too large", where=where, hint=f"keep it under {MAX_BYTES:,} bytes")
