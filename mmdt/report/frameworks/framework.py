"""The declarations of frameworks: the packaged file, and files of a user's own in the same form."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from mmdt.core.cell import Selection
from mmdt.errors import DataError, MmdtError, UsageError

LARGEST = 2_000_000
"""Bytes of a file."""
HINT = "write [frameworks.mine] with title, source and items = [{ id = ..., title = ..., cells = [...] }]"


class Item(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One requirement, risk or technique: evidence by ``cells``, by the ``hazards`` that categories name, or by the
    ``record`` that a run is; ``only``: how much of it that can be; ``why``: why mmdt has none. ``unverified``: no
    source confirms its id."""

    id: str
    title: str
    cells: tuple[str, ...] = ()
    hazards: tuple[str, ...] = ()
    record: str = ""
    only: str = ""
    why: str = ""
    unverified: bool = False

    @property
    def name(self) -> str:
        """The id, with what a reader must know about it."""
        return f"{self.id} (unverified)" if self.unverified else self.id


class Framework(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``source``: where the framework itself is found; ``checked``: when ids and titles were compared with which
    text, empty if they never were."""

    title: str
    source: str
    items: tuple[Item, ...]
    version: str = ""
    name: str = ""
    checked: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    frameworks: dict[str, Framework]
    sets: dict[str, tuple[str, ...]] = {}


@cache
def packaged() -> dict[str, Framework]:
    """The frameworks that mmdt knows, by name."""
    text = (files("mmdt.report.frameworks") / "frameworks.toml").read_text("utf-8")
    return {each.name: each for each in read(text, "frameworks.toml")}


def find(name: str) -> tuple[Framework, ...]:
    """The framework of that name, or all those of a file. Raises UsageError where there is neither, DataError where the
    file is no such declaration."""
    if name in packaged():
        return (packaged()[name],)
    path = Path(name)
    if path.suffix != ".toml":
        near = get_close_matches(name, packaged(), n=1)
        guess = f"did you mean {near[0]}? " if near else ""
        hint = f"{guess}use one of: {', '.join(packaged())}, or a .toml file of yours"
        raise UsageError(f"unknown framework {name!r}", hint=hint)
    try:
        if path.stat().st_size > LARGEST:
            raise DataError(f"the file is larger than {LARGEST:,} bytes", where=name, hint=HINT)
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"the framework cannot be read: {error}", where=name, hint=HINT) from error
    return read(text, name)


def read(text: str, where: str) -> tuple[Framework, ...]:
    """The frameworks of a file, with its sets put in. Raises DataError that says what is wrong."""
    try:
        found = msgspec.convert(tomllib.loads(text), _File)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise DataError(f"not a framework: {error}", where=where, hint=HINT) from error
    sets = {**_sets(), **found.sets} if where != "frameworks.toml" else found.sets
    return tuple(_whole(name, each, sets, where) for name, each in found.frameworks.items())


@cache
def _sets() -> dict[str, tuple[str, ...]]:
    text = (files("mmdt.report.frameworks") / "frameworks.toml").read_text("utf-8")
    return msgspec.convert(tomllib.loads(text), _File).sets


def _whole(name: str, framework: Framework, sets: dict[str, tuple[str, ...]], where: str) -> Framework:
    items = []
    for each in framework.items:
        place = f"{where}: {name} {each.id}"
        cells = tuple(_expanded(each.cells, sets, place))
        if not (cells or each.hazards or each.record or each.why):
            what = "an item needs evidence (cells, hazards, record) or says why there is none"
            raise DataError(what, where=place, hint=HINT)
        try:
            Selection.of(cells or ("**",))
        except MmdtError as error:
            raise DataError(error.what, where=place, hint="write globs such as 'safety/**'") from error
        items.append(msgspec.structs.replace(each, cells=cells))
    return msgspec.structs.replace(framework, items=tuple(items), name=name)


def _expanded(cells: Iterable[str], sets: dict[str, tuple[str, ...]], where: str) -> Iterable[str]:
    for each in cells:
        if each.startswith("@"):
            if each[1:] not in sets:
                raise DataError(f"there is no set {each!r}", where=where, hint=f"use one of: {', '.join(sets)}")
            yield from sets[each[1:]]
        else:
            yield each
