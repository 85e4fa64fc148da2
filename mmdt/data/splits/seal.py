"""Seal: a commitment to a folder of cases that can be published, and what opens it, which stays private.

``seal/commitment.json`` holds the Merkle root over salted hashes of the cases, the names of their recipes and counts;
nothing of what they ask. ``seal/private.json`` holds the salts (one from each leaf, derived from one secret): with a
salt, a case can be shown to be one of the sealed ones, and without it nobody can guess a case and check the guess.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec

from mmdt.attacks.save import CASES, PICTURES
from mmdt.core.image import read_file
from mmdt.data.splits import merkle
from mmdt.disk.whole import write_whole
from mmdt.errors import DataError

FOLDER = "seal"
COMMITMENT = "commitment.json"
PRIVATE = "private.json"
FORMAT = 1
MOST_BYTES = 64 * 1024 * 1024
"""Bytes of a commitment, of what opens it, or of the line of a case."""
_PICTURE = re.compile(rf"{PICTURES}/([0-9a-f]{{64}})\.[a-z]+")
_LIBRARIES = ("mmdt", "numpy", "pillow", "scipy")


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """What may be published. ``root``: hex of the Merkle root; ``cases``: their number; ``recipes``: how many cases
    each chain of attacks made; ``cells``: how many each cell has; ``bytes``: size of the case file; ``pictures``: their
    number; ``versions``: the libraries that the split was sealed with."""

    root: str
    cases: int
    recipes: Mapping[str, int]
    cells: Mapping[str, int]
    bytes: int
    pictures: int
    versions: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT


msgspec.json.Decoder(Commitment)


@dataclass(frozen=True, slots=True)
class Sealed:
    """A folder read whole: the lines of its cases, and the names of their pictures."""

    lines: tuple[bytes, ...]
    pictures: frozenset[str]

    def leaves(self, secret: bytes) -> list[merkle.Digest]:
        """The hash of each salted case."""
        return [merkle.leaf(salt_of(secret, place) + line) for place, line in enumerate(self.lines)]


def salt_of(secret: bytes, place: int) -> bytes:
    """The salt of the case at a place (from 0): 32 bytes from which neither the secret nor another salt follows."""
    return hmac.digest(secret, place.to_bytes(8, "big"), hashlib.sha256)


def seal(folder: str | Path) -> Commitment:
    """Write the commitment and what opens it into ``seal/`` of a folder that ``save_cases`` wrote.

    Raises DataError where it holds no cases, is sealed already, or has a picture that its name does not describe.
    """
    folder = Path(folder)
    read = read_sealed(folder)
    secret = os.urandom(32)
    found = commitment_of(read, secret)
    try:
        (folder / FOLDER).mkdir(exist_ok=True)
        if (folder / FOLDER / COMMITMENT).exists():
            raise FileExistsError
        # The commitment comes last: a private file without one was left by a process that was killed.
        for name, value in ((PRIVATE, {"secret": secret.hex()}), (COMMITMENT, asdict(found))):
            data = msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=2)
            write_whole(folder / FOLDER / name, data + b"\n", durable=True)
    except FileExistsError as error:
        hint = f"its commitment is {folder / FOLDER / COMMITMENT}; another seal would not prove what this one does"
        raise DataError("the split is sealed already", where=str(folder), hint=hint) from error
    except OSError as error:
        raise DataError("the seal cannot be written", where=f"{folder}: {error.strerror}", hint="check it") from error
    return found


def commitment_of(read: Sealed, secret: bytes) -> Commitment:
    """The commitment to these cases with these salts."""
    rows = [_row(line) for line in read.lines]
    return Commitment(
        root=merkle.root(read.leaves(secret)).hex(),
        cases=len(rows),
        recipes=_sorted(Counter(recipe_name(row) for row in rows)),
        cells=_sorted(Counter(str(row.get("cell", "")) for row in rows)),
        bytes=sum(len(line) + 1 for line in read.lines),
        pictures=len(read.pictures),
        versions={name: version(name) for name in _LIBRARIES},
    )


def recipe_name(row: Mapping[str, Any]) -> str:
    """The attacks of a row by name; ``plain`` where none has changed it."""
    steps = row.get("recipe") or ()
    return "+".join(str(step["attack"]) for step in steps if isinstance(step, dict) and "attack" in step) or "plain"


def read_sealed(folder: Path) -> Sealed:
    """The cases of a folder, each picture checked against the SHA-256 in its name. Raises DataError."""
    lines = tuple(_lines(folder / CASES))
    if not lines:
        raise DataError(
            "there are no cases to seal", where=str(folder / CASES), hint="make them with mmdt attacks make"
        )
    named = {(match[0], match[1]) for line in lines for match in _PICTURE.finditer(line.decode("utf-8", "replace"))}
    for name, digest in sorted(named):
        try:
            data = read_file(folder / name, MOST_BYTES)
        except OSError as error:
            raise DataError(
                "a picture of the split cannot be read", where=f"{folder / name}: {error.strerror}", hint="restore it"
            ) from error
        if hashlib.sha256(data).hexdigest() != digest:
            hint = "restore it, or make the split again"
            raise DataError("a picture is not what its name says", where=str(folder / name), hint=hint)
    return Sealed(lines, frozenset(name for name, _ in named))


def _lines(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while line := file.readline(MOST_BYTES):
                if line.strip():
                    yield line.rstrip(b"\n")
    except OSError as error:
        hint = "name a folder that mmdt attacks make or mmdt attacks apply wrote"
        raise DataError("the cases cannot be read", where=f"{path}: {error.strerror}", hint=hint) from error


def _row(line: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(line, type=dict[str, Any])
    except (msgspec.DecodeError, RecursionError) as error:
        raise DataError(f"a line is no case: {error}", where=CASES, hint="make the split again") from error


def _sorted(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items()))
