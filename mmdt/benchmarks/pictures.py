"""Pictures that rows name: files of the dataset, members of its zip archives, and files of folders the user names.

Rows say ``images/1.png``, archives hold ``test/images/1.png``, and COCO is one folder of a hundred thousand files: a
picture is found by the longest end of its path that is there, first beside the rows' own file.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from mmdt.core.decoding import MAX_BYTES
from mmdt.data.local import FolderFiles
from mmdt.data.named_pictures import MAX_MEMBERS, SUFFIXES
from mmdt.data.repository import Files
from mmdt.errors import DataError, UsageError


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a picture is: in the files ``of``, itself or as a member of an archive. ``given``: the user named the
    folder as one of pictures."""

    of: Files
    name: str
    archive: str = ""
    given: bool = False


class Pictures:
    """The pictures of a benchmark by name. Only files that are listed are opened, so that a row cannot name others."""

    def __init__(self, files: Files, folders: Sequence[str]) -> None:
        self._sources: list[Files] = [files, *(_folder(each) for each in folders)]
        self._index: dict[str, list[_Place]] | None = None

    def near(self, folder: PurePosixPath) -> PicturesNear:
        """The pictures, seen from the folder of a row's file."""
        return PicturesNear(self, folder)

    def find(self, name: str, folder: PurePosixPath, where: str) -> bytes:
        """The encoded picture. Raises DataError where it is not there, several are, or it is too large."""
        if self._index is None:
            self._index = _index(self._sources)
        wanted = PurePosixPath(name.strip().removeprefix("./"))
        parts = [part for part in wanted.parts if part not in ("..", "/", ".")]
        found = self._index.get(_stem(parts[-1]), []) if parts else []
        best = _best(found, parts, folder)
        if best is None:
            hint = "unpack the pictures into the dataset, put their zip there, or name a folder with --images FOLDER"
            raise DataError(f"there is no image {name[:120]!r}", where=where, hint=hint)
        return _read(best, where)


@dataclass(frozen=True, slots=True)
class PicturesNear:
    """What a row asks for pictures by name."""

    pictures: Pictures
    folder: PurePosixPath

    def read(self, name: str, where: str) -> bytes:
        return self.pictures.find(name, self.folder, where)


def _folder(path: str) -> Files:
    folder = Path(path).expanduser()
    if not folder.is_dir():
        raise UsageError(f"no folder {path!r}", where="--images", hint="name the folder that holds the pictures")
    return FolderFiles(folder)


def _index(sources: Sequence[Files]) -> dict[str, list[_Place]]:
    found: dict[str, list[_Place]] = {}
    for place in _places(sources):
        found.setdefault(_stem(place.name), []).append(place)
    return found


def _stem(name: str) -> str:
    """The last part of a name without its ending: data that names a .jpg may hold it as .png."""
    return PurePosixPath(name).stem.casefold()


def _places(sources: Sequence[Files]) -> Iterator[_Place]:
    for number, files in enumerate(sources):
        names = files.names()
        yield from (_Place(files, name, given=number > 0) for name in names if name.lower().endswith(SUFFIXES))
        for archive in (name for name in names if name.lower().endswith(".zip")):
            yield from (_Place(files, member, archive) for member in _members(files.paths([archive])[0]))


def _members(path: Path) -> list[str]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.namelist()
    except (zipfile.BadZipFile, OSError, NotImplementedError) as error:
        raise DataError(f"the archive cannot be read: {error}", where=str(path), hint="download it again") from error
    if len(members) > MAX_MEMBERS:
        raise DataError("the archive has too many members", where=str(path), hint="split it")
    return [each for each in members if each.lower().endswith(SUFFIXES)]


def _best(found: Sequence[_Place], parts: Sequence[str], folder: PurePosixPath) -> _Place | None:
    """The place whose path has the longest end in common with the name; of several, one beside the rows' file, in
    fewest folders.

    The whole name must be in common, but for its first folder (``imgs/`` of an archive that was unpacked elsewhere).
    Pictures that lie directly in a folder of the user's are found by their last name.
    """
    fitting = [place for place in found if _fits(place, parts)]

    def rank(place: _Place) -> tuple[int, bool, int, int]:
        own = PurePosixPath(place.archive or place.name).parts
        near = sum(one == other for one, other in zip(folder.parts, own, strict=False))
        return _common(place, parts), place.name.lower().endswith(parts[-1].lower()), near, -len(own)

    return max(fitting, key=rank, default=None)


def _fits(place: _Place, parts: Sequence[str]) -> bool:
    common = _common(place, parts)
    flat = place.given and not place.archive and "/" not in place.name
    return common >= 1 and (common == len(parts) or flat or common >= max(2, len(parts) - 1))


def _common(place: _Place, parts: Sequence[str]) -> int:
    """How many parts the ends of both paths have in common, case aside."""
    own = PurePosixPath(place.name).parts
    common = int(_stem(own[-1]) == _stem(parts[-1]))
    while 0 < common < min(len(own), len(parts)) and own[-1 - common].casefold() == parts[-1 - common].casefold():
        common += 1
    return common


def _read(place: _Place, where: str) -> bytes:
    path = place.of.paths([place.archive or place.name])[0]
    try:
        if not place.archive:
            if path.stat().st_size > MAX_BYTES:
                raise _too_large(where)
            return path.read_bytes()
        with zipfile.ZipFile(path) as archive, archive.open(place.name) as file:
            data = file.read(MAX_BYTES + 1)
    except (zipfile.BadZipFile, zlib.error, OSError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"the image cannot be read: {error}", where=str(path), hint="download it again") from error
    if len(data) > MAX_BYTES:
        raise _too_large(where)
    return data


def _too_large(where: str) -> DataError:
    return DataError("the image is too large", where=where, hint=f"keep it under {MAX_BYTES:,} bytes")
