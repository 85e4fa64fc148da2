"""Pictures from a user's folder, checked and scaled down. Nothing in it is trusted."""

from __future__ import annotations

import os
import random
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from mmdt.core.decoding import MAX_BYTES
from mmdt.core.image import Image
from mmdt.errors import DataError

SUFFIXES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
SIDE = 512
"""Pixels along the longer side that are kept: copy detectors look at fewer still."""
MOST_PICTURES = 400
MOST_FILES = 100_000
"""The most file names that are read."""


@dataclass(frozen=True, slots=True)
class NamedPicture:
    """A picture and its printable name; names come from outside."""

    name: str
    image: Image


def read_folder(folder: Path, number: int, seed: int) -> list[NamedPicture]:
    """At most ``number`` different pictures of a folder and the folders below it, drawn at random by the seed.

    Links are not followed, files that are no whole pictures within the limits of ``mmdt.core.image`` are passed over,
    and so is a second file with the same bytes. Raises DataError where fewer than two pictures are left.
    """
    paths = list(islice(_paths(folder), MOST_FILES))
    random.Random(f"folder/{seed}").shuffle(paths)
    found: dict[str, NamedPicture] = {}
    for path in paths:
        read = _read(path)
        if read is not None:
            found.setdefault(read[0], NamedPicture(_printable(str(path.relative_to(folder))), read[1]))
        if len(found) == min(number, MOST_PICTURES):
            break
    if len(found) < 2:
        hint = f"name a folder with at least two different pictures ({', '.join(SUFFIXES)})"
        raise DataError(f"{len(found)} pictures are not enough to compare", where=str(folder), hint=hint)
    return list(found.values())


def _paths(folder: Path) -> Iterator[Path]:
    """Regular files with the suffix of a picture, in the order of their names."""
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            if name.lower().endswith(SUFFIXES):
                yield Path(place) / name


def _read(path: Path) -> tuple[str, Image] | None:
    """(digest of the file, the picture scaled down); None for what is no whole picture."""
    try:
        told = path.lstat()
        if not stat.S_ISREG(told.st_mode) or told.st_size > MAX_BYTES:
            return None
        picture = Image.from_path(path)
        small = picture.pil()
    except (OSError, DataError):
        return None
    small.thumbnail((SIDE, SIDE))
    return picture.digest, Image.from_pil(small)


def _printable(name: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in name)[:200]
