"""Digests of what a store holds: a SHA-256 of each row, and Merkle roots over them."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

FAN_OUT = 256
"""Children of a node of a Merkle tree."""
COLUMNS = {
    "cases": ("n", "id", "cell", "repeats", "body"),
    "outputs": ("n", "repeat", "status", "key", "body"),
    "observations": (
        *("n", "repeat", "probe", "role", "evaluator", "fingerprint", "question", "missing"),
        "body",
    ),
}
"""The columns that each table's row digests cover: all but the digest."""
_SPENT = "SELECT model, requests, input_tokens, output_tokens, images, cost FROM spending ORDER BY model"
_PICTURE = re.compile(r'"digest":"([0-9a-f]{64})"')
_encode = msgspec.msgpack.Encoder().encode


@dataclass(frozen=True, slots=True)
class Sealed:
    """How many things there are of a kind, and the Merkle root over their digests (in hexadecimal)."""

    count: int
    root: str


@dataclass(frozen=True, slots=True)
class Digests:
    """What a run held at the end of a part. ``observations`` by ``role name fingerprint`` of the evaluator;
    ``artifacts``: the pictures that cases and outputs refer to; ``about``: the manifest without this and without how
    the run ended; ``file``: the SHA-256 of ``store.sqlite`` as a whole, a quick way to see that nothing has changed."""

    cases: Sealed
    outputs: Sealed
    observations: Mapping[str, Sealed]
    artifacts: Sealed
    spending: Sealed
    about: str = ""
    file: str = ""
    root: str = ""

    def parts(self) -> Iterator[tuple[str, Sealed]]:
        """Each kind of thing by name."""
        yield from (("cases", self.cases), ("outputs", self.outputs), ("artifacts", self.artifacts))
        yield "spending", self.spending
        yield from ((f"observations by {name}", sealed) for name, sealed in sorted(self.observations.items()))

    def merkle_root(self) -> str:
        """The root over all parts and the manifest: the one number that stands for the run."""
        leaves = [_encode([name, sealed.count, sealed.root]) for name, sealed in self.parts()]
        return merkle(hashlib.sha256(leaf).digest() for leaf in (*leaves, self.about.encode()))


@dataclass(slots=True)
class _Tree:
    """One level of a tree that is built as its leaves come, so that memory stays flat."""

    above: list[bytes] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)

    def add(self, digest: bytes) -> None:
        self.waiting.append(digest)
        if len(self.waiting) == FAN_OUT:
            self.above.append(_node(self.waiting))
            self.waiting.clear()

    def nodes(self) -> list[bytes]:
        return [*self.above, _node(self.waiting)] if self.waiting else self.above


def row_digest(table: str, row: Sequence[Any]) -> bytes:
    """SHA-256 of a row: the table's name and the values of ``COLUMNS`` as MessagePack."""
    return hashlib.sha256(_encode((table, *row))).digest()


def merkle(leaves: Iterable[bytes]) -> str:
    """The root of a Merkle tree over digests in their order, with ``FAN_OUT`` children a node; in hexadecimal.

    Leaves and nodes are hashed differently (as in RFC 6962), so a node cannot pass for a leaf. Empty without leaves.
    """
    tree = _Tree()
    for leaf in leaves:
        tree.add(hashlib.sha256(b"\x00" + leaf).digest())
    level = tree.nodes()
    while len(level) > 1:
        level = [_node(level[start : start + FAN_OUT]) for start in range(0, len(level), FAN_OUT)]
    return level[0].hex() if level else ""


def seal(db: sqlite3.Connection) -> Digests:
    """The digests of all rows, by the ``digest`` column; a row without one (of an older mmdt) gets its own first.

    Use ``Digests.merkle_root`` once ``about`` is filled in. Raises sqlite3.Error.
    """
    return Digests(
        Sealed(*_counted("SELECT digest FROM cases ORDER BY n", db)),
        Sealed(*_counted("SELECT digest FROM outputs ORDER BY n, repeat", db)),
        observations(db),
        Sealed(len(pictures := sorted(referenced(db))), merkle(map(bytes.fromhex, pictures))),
        Sealed(len(spent := db.execute(_SPENT).fetchall()), merkle(row_digest("spending", row) for row in spent)),
    )


def observations(db: sqlite3.Connection) -> dict[str, Sealed]:
    """The observations of each evaluator."""
    known = db.execute("SELECT DISTINCT role, evaluator, fingerprint FROM observations").fetchall()
    query = (
        "SELECT digest FROM observations WHERE role = ? AND evaluator = ? AND fingerprint = ?"
        " ORDER BY n, repeat, probe, question"
    )
    return {" ".join(who): Sealed(*_counted(query, db, who)) for who in sorted(known)}


def referenced(db: sqlite3.Connection) -> set[str]:
    """The SHA-256 of every picture that a case or an output refers to."""
    found: set[str] = set()
    for table in ("cases", "outputs"):
        query = f'SELECT body FROM {table} WHERE instr(body, \'"digest":"\')'  # noqa: S608
        for (body,) in db.execute(query):
            found.update(_PICTURE.findall(body))
    return found


def complete_digests(db: sqlite3.Connection) -> None:
    """Add the digests that rows of an older version lack. Raises sqlite3.Error."""
    for table, columns in COLUMNS.items():
        name = f"mmdt_{table}"
        db.create_function(name, len(columns), lambda *row, table=table: row_digest(table, row), deterministic=True)
        db.execute(f"UPDATE {table} SET digest = {name}({', '.join(columns)}) WHERE digest IS NULL")  # noqa: S608


def file_digest(path: Path) -> str:
    """SHA-256 of a file. No connection of this process may be open: closing the file would drop its locks."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _counted(query: str, db: sqlite3.Connection, values: Sequence[str] = ()) -> tuple[int, str]:
    count = 0

    def leaves() -> Iterator[bytes]:
        nonlocal count
        for (digest,) in db.execute(query, values):
            count += 1
            yield digest or b""

    root = merkle(leaves())
    return count, root


def _node(children: Sequence[bytes]) -> bytes:
    return hashlib.sha256(b"\x01" + b"".join(children)).digest()
