"""Check: is a folder what was sealed, and does it agree with a commitment that was published?"""

from __future__ import annotations

from dataclasses import fields, replace
from pathlib import Path

import msgspec

from mmdt.core.image import read_file
from mmdt.data.splits.seal import COMMITMENT, FOLDER, MOST_BYTES, PRIVATE, Commitment, commitment_of, read_sealed
from mmdt.errors import DataError


def is_sealed(folder: Path) -> bool:
    """Whether the folder has a commitment."""
    return (folder / FOLDER / COMMITMENT).is_file()


def read_commitment(path: Path) -> Commitment:
    """The commitment in a file, or of a sealed folder. Raises DataError."""
    file = path / FOLDER / COMMITMENT if path.is_dir() else path
    try:
        return msgspec.json.decode(read_file(file, MOST_BYTES), type=Commitment)
    except OSError as error:
        hint = "seal the folder with mmdt attacks seal"
        raise DataError("there is no commitment", where=f"{file}: {error.strerror}", hint=hint) from error
    except (msgspec.DecodeError, RecursionError) as error:
        hint = "use a commitment.json that mmdt attacks seal wrote"
        raise DataError(f"this is no commitment: {error}", where=str(file), hint=hint) from error


def read_secret(folder: Path) -> bytes:
    """What the salts of a sealed folder follow from. Raises DataError where it is not there."""
    file = folder / FOLDER / PRIVATE
    try:
        return bytes.fromhex(msgspec.json.decode(read_file(file, MOST_BYTES), type=dict[str, str])["secret"])
    except OSError as error:
        hint = "the person who sealed the split has this file; without it nothing can be checked"
        raise DataError("what opens the seal is missing", where=f"{file}: {error.strerror}", hint=hint) from error
    except (msgspec.DecodeError, RecursionError, KeyError, ValueError) as error:
        raise DataError("what opens the seal is damaged", where=str(file), hint="restore it") from error


def check_split(folder: Path, published: Commitment | None = None) -> tuple[Commitment, tuple[str, ...]]:
    """The commitment of a sealed folder, and what is not as it says, a sentence each; none where all is as sealed.

    ``published``: the commitment as it was made known, if another copy of it is to count. Raises DataError where the
    folder cannot be read.
    """
    kept = read_commitment(folder)
    problems = []
    if published is not None and published != kept:
        names = (each.name for each in fields(kept))
        differ = ", ".join(name for name in names if getattr(kept, name) != getattr(published, name))
        problems.append(
            f"the folder's commitment (root {kept.root}) is not the published one (root {published.root}):"
            f" they differ in {differ}"
        )
    try:
        found = replace(commitment_of(read_sealed(folder), read_secret(folder)), versions=kept.versions)
    except DataError as error:
        return kept, (*problems, str(error))
    for name in ("cases", "pictures", "bytes", "recipes", "cells", "root"):
        sealed, now = getattr(kept, name), getattr(found, name)
        if sealed != now:
            problems.append(f"{name}: {sealed} was sealed, and {now} is there")
    return kept, tuple(problems)
