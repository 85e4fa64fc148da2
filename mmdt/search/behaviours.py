"""Behaviours to attack: a user's CSV or JSONL (HarmBench's and JailbreakBench's columns among them), or the embedded
ones.

A behaviour is a phrase that follows "how to". Rows of other data sets, which are sentences of their own, are asked all
the same. Nothing here is trusted: sizes are bounded and every bad row says where it is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdt.core.behaviour import Behaviour
from mmdt.core.cell import slug
from mmdt.data.records import SUFFIXES, Record, read_records
from mmdt.errors import DataError, UsageError
from mmdt.safe_text.visible import visible

EMBEDDED = "embedded"
MOST = 10_000
"""Behaviours of one search."""
_TEXT = ("behaviour", "behavior", "goal", "prompt", "text")
_CATEGORY = ("category", "semanticcategory", "functionalcategory")
_ID = ("id", "behaviorid", "behaviourid", "index")
_CONTEXT = ("contextstring", "context")
_HEADS = tuple(form for name in _TEXT for form in (name, name.capitalize(), name.upper()))
"""How the first line of a CSV may write the column with the behaviour."""
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Wanted:
    """A behaviour with its id, which names it in tables."""

    id: str
    behaviour: Behaviour


def read_behaviours(source: str, *, limit: int | None = None, seed: int = 0) -> tuple[Wanted, ...]:
    """The behaviours of a file (``.csv``, ``.jsonl``, ``.json``), or ``embedded``: harmless mischief, six categories.

    ``limit``: a seeded sample of so many. Raises DataError for a file that cannot be read and for a bad row.
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
    for number, record in enumerate(read_records(path, None, key=_HEADS), 1):
        if number > MOST:
            raise DataError(f"there are more than {MOST:,} behaviours", where=str(path), hint="split the file")
        wanted = _of_record(record, number)
        names[wanted.id] = names.get(wanted.id, 0) + 1
        if names[wanted.id] > 1:
            wanted = Wanted(f"{wanted.id}-{names[wanted.id]}", wanted.behaviour)
        yield wanted


def _of_record(record: Record, number: int) -> Wanted:
    values = {
        str(name).strip().lower().replace(" ", "").replace("_", ""): value for name, value in record.values.items()
    }
    text = _first(values, _TEXT, record.where)
    if not text:
        hint = f"name the column with it one of: {', '.join(_TEXT)}"
        raise DataError("the row has no behaviour", where=record.where, hint=hint)
    context = _first(values, _CONTEXT, record.where)
    category = _first(values, _CATEGORY, record.where) or "unnamed"
    thing = _first(values, ("thing",), record.where)
    whole = f"{text.rstrip()}\n\n{context}" if context else text
    try:
        behaviour = Behaviour(category, whole.strip(), thing)
    except DataError as error:
        raise DataError(error.what, where=record.where, hint=error.hint) from error
    name = slug(_first(values, _ID, record.where) or f"row-{number}")[:_LONGEST_NAME]
    return Wanted(name, behaviour)


def _first(values: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    """The first of these columns that holds something. Raises DataError where it is no text."""
    for name in names:
        value = values.get(name)
        if value is None or value == "":
            continue
        if isinstance(value, int) and name in _ID:
            return str(value)
        if not isinstance(value, str):
            kind = type(value).__name__
            raise DataError(f"{name} is {visible(repr(value)[:80])}, a {kind}", where=where, hint="write text")
        return value.strip()
    return ""
