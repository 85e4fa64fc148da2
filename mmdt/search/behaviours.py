"""Behaviours to attack: a user's CSV or JSONL (HarmBench's and JailbreakBench's columns among them), or the embedded
ones.

Nothing here is trusted: sizes are bounded and every bad row says where it is."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mmdt.core.behaviour import Behaviour
from mmdt.core.cell import slug
from mmdt.data.behaviours import HEADS, behaviour_of, first_text, plain_names
from mmdt.data.records import SUFFIXES, Record, read_records
from mmdt.errors import DataError, UsageError

EMBEDDED = "embedded"
MOST = 10_000
"""Behaviours of one search."""
_ID = ("id", "behaviorid", "behaviourid", "index")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """A behaviour with its id, which names it in tables."""

    id: str
    behaviour: Behaviour


def read_behaviours(source: str, *, limit: int | None = None, seed: int = 0) -> tuple[Wanted, ...]:
    """The behaviours of a file (``.csv``, ``.jsonl``, ``.json``), or ``embedded``: harmless mischief, six categories.

    ``limit``: the size of a seeded sample. Raises DataError for a file that cannot be read and for a bad row.
    """
    found = list(_embedded(seed, limit)) if source == EMBEDDED else list(_from_file(Path(source)))
    if limit is not None and len(found) > limit:
        kept = sorted(random.Random(f"behaviours/{seed}").sample(range(len(found)), limit))
        found = [found[place] for place in kept]
    if not found:
        raise DataError("there are no behaviours", where=source, hint="give one a row, in a column named behaviour")
    return tuple(found)


def _embedded(seed: int, limit: int | None) -> Iterable[Wanted]:
    from mmdt.synthetic.mischief.category import categories

    known = categories()
    each = 2 if limit is None else -(-limit // len(known))
    for category in known.values():
        rng = random.Random(f"{seed}/{category.name}")
        for number, behaviour in enumerate(category.behaviours(rng, min(each, category.size)), 1):
            yield Wanted(f"{category.name}-{number}", behaviour)


def _from_file(path: Path) -> Iterable[Wanted]:
    if path.suffix.lower() not in SUFFIXES:
        hint = f"use a file that ends in {', '.join(SUFFIXES)}, or {EMBEDDED}"
        raise UsageError("this is no file of behaviours", where=str(path), hint=hint)
    names: dict[str, int] = {}
    for number, record in enumerate(read_records(path, None, key=HEADS), 1):
        if number > MOST:
            raise DataError(f"there are more than {MOST:,} behaviours", where=str(path), hint="split the file")
        wanted = _of_record(record, number)
        names[wanted.id] = names.get(wanted.id, 0) + 1
        if names[wanted.id] > 1:
            wanted = Wanted(f"{wanted.id}-{names[wanted.id]}", wanted.behaviour)
        yield wanted


def _of_record(record: Record, number: int) -> Wanted:
    return Wanted(slug(_id_of(record) or f"row-{number}")[:_LONGEST_NAME], behaviour_of(record))


def _id_of(record: Record) -> str:
    values = plain_names(record.values)
    values |= {name: str(values[name]) for name in _ID if isinstance(values.get(name), int)}
    return first_text(values, _ID, record.where)
