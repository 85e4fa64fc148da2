"""Proof: one case of a sealed split with what shows that it was sealed, and nothing about the others."""

from __future__ import annotations

import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import msgspec

from mmdt.attacks.save import CASES
from mmdt.core.image import read_file
from mmdt.data.splits import merkle
from mmdt.data.splits.check import read_commitment, read_secret
from mmdt.data.splits.seal import COMMITMENT, FOLDER, MOST_BYTES, Commitment, read_sealed, recipe_name, salt_of
from mmdt.disk.whole import whole_folder
from mmdt.errors import DataError, UsageError

PROOF = "proof.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """``place``: the case's, from 0, of ``cases``; ``salt`` and ``path``: hex, with null where a node has no neighbour;
    ``root``: hex, which must be that of the published commitment."""

    place: int
    cases: int
    recipe: str
    salt: str
    path: tuple[str | None, ...]
    root: str


msgspec.json.Decoder(Proof)


def reveal(folder: str | Path, number: int, out: str | Path) -> Proof:
    """Write case ``number`` (from 1, a line of the case file) with its pictures and its proof into a new folder, which
    ``--data`` reads like any other. Raises DataError where the folder is not as sealed, UsageError for another number.
    """
    folder, out = Path(folder), Path(out)
    kept, read, secret = read_commitment(folder), read_sealed(folder), read_secret(folder)
    if not 1 <= number <= len(read.lines):
        raise UsageError(f"there is no case {number}", where=str(folder), hint=f"use 1 to {len(read.lines):,}")
    leaves = read.leaves(secret)
    if merkle.root(leaves).hex() != kept.root:
        hint = "mmdt verify says what has changed"
        raise DataError("the split is not what was sealed", where=str(folder), hint=hint)
    place = number - 1
    line = read.lines[place]
    path = tuple(each.hex() if each is not None else None for each in merkle.path(leaves, place))
    row: dict[str, Any] = msgspec.json.decode(line)
    salt = salt_of(secret, place).hex()
    proof = Proof(place=place, cases=kept.cases, recipe=recipe_name(row), salt=salt, path=path, root=kept.root)
    try:
        with whole_folder(out) as part:
            (part / FOLDER).mkdir()
            (part / CASES).write_bytes(line + b"\n")
            said = msgspec.json.format(msgspec.json.encode(asdict(proof)), indent=2)
            (part / FOLDER / PROOF).write_bytes(said + b"\n")
            shutil.copyfile(folder / FOLDER / COMMITMENT, part / FOLDER / COMMITMENT)
            for name in sorted(each for each in read.pictures if each.encode() in line):
                (part / name).parent.mkdir(exist_ok=True)
                shutil.copyfile(folder / name, part / name)
    except OSError as error:
        hint = "choose a folder that does not exist yet" if isinstance(error, FileExistsError) else "check the folder"
        raise DataError(
            "the proof cannot be written", where=f"{error.filename}: {error.strerror}", hint=hint
        ) from error
    return proof


def is_proof(folder: Path) -> bool:
    """Whether the folder holds one revealed case."""
    return (folder / FOLDER / PROOF).is_file()


def check_proof(folder: Path, published: Commitment | None = None) -> tuple[Proof, tuple[str, ...]]:
    """The proof in a folder, and why it shows nothing, a sentence each; none where the case was sealed under the root
    of the commitment: ``published`` where it is given, else the copy in the folder. Raises DataError where it cannot be
    read."""
    file = folder / FOLDER / PROOF
    try:
        proof = msgspec.json.decode(read_file(file, MOST_BYTES), type=Proof)
        salt = bytes.fromhex(proof.salt)
        path = [None if each is None else bytes.fromhex(each) for each in proof.path]
    except (OSError, msgspec.DecodeError, ValueError, RecursionError) as error:
        hint = "use a folder that mmdt attacks reveal wrote"
        raise DataError(f"there is no proof that can be read: {error}", where=str(file), hint=hint) from error
    read = read_sealed(folder)
    sealed = published or read_commitment(folder)
    problems = []
    if len(read.lines) != 1:
        problems.append(f"the folder has {len(read.lines):,} cases, and a proof is about one")
    if merkle.climb(merkle.leaf(salt + read.lines[0]), proof.place, path).hex() != sealed.root:
        problems.append(f"the case is not one of those under the root {sealed.root}")
    return proof, tuple(problems)
