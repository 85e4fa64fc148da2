"""Planted rates: how often an organism shows each behaviour, as typed tables read from ``tables/*.toml``.

A file holds one TOML table per character (``plain``, ``safe``...). In it, each key is a glob over rows, and each value
maps behaviours to probabilities that sum to one. A row is the address of a cell, optionally with further parts
(``fairness/t2i/stereotype/occupation/nurse/gender``). If several globs match a row, the last one wins; every character
starts from ``plain``, those of ``faults.toml`` from ``sound``. Each family of skills has its own file, so that a new
skill does not touch the others."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from fnmatch import fnmatchcase
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec

from mmdt.errors import UsageError

Rates = Mapping[str, float]
"""Behaviour -> probability; they sum to one."""

PLAIN = "plain"
SOUND = "sound"
FAULTS = "faults.toml"
"""The file of characters that are ``sound`` with one fault each."""
ALWAYS = frozenset({"refuses", "filtered", "blanks", "fails"})
"""Behaviours that every skill has, whether or not a table plants them."""


@dataclass(frozen=True, slots=True)
class RateTable:
    """Globs over rows with their planted rates, in order: a later match overrides an earlier one."""

    entries: tuple[tuple[str, Rates], ...]

    def rates(self, row: str) -> Rates:
        """The rates planted in a row. Raises UsageError if no glob matches it."""
        for glob, rates in reversed(self.entries):
            if fnmatchcase(row, glob):
                return rates
        raise UsageError(
            "no rate is planted for this row", where=row, hint="add the row to a table of mmdt.synthetic.organisms"
        )

    def with_entries(self, entries: Mapping[str, Rates], where: str) -> RateTable:
        """A copy of this table with further rows that override its own."""
        return RateTable(
            (*self.entries, *((glob, _checked(rates, f"{where}: {glob}")) for glob, rates in entries.items()))
        )


def pick(rates: Rates, uniform: float) -> str:
    """The behaviour selected by a number in [0, 1)."""
    total = 0.0
    for behaviour, rate in rates.items():
        total += rate
        if uniform < total:
            return behaviour
    return max(rates, key=lambda behaviour: rates[behaviour])  # the rates sum to slightly less than one


def characters() -> tuple[str, ...]:
    """All characters declared in the tables, ``plain`` first."""
    found = {character for table in _read_tables().values() for character in table}
    return (PLAIN, *sorted(found - {PLAIN}))


@cache
def table_of(character: str) -> RateTable:
    """All rates of a character. Raises UsageError if no table declares it."""
    if character not in characters():
        raise UsageError(f"unknown character {character!r}", hint=f"use one of: {', '.join(characters())}")
    table = RateTable(())
    bases = (PLAIN, SOUND) if character in _read_tables()[FAULTS] else (PLAIN,)
    for layer in dict.fromkeys((*bases, character)):
        for name, tables in _read_tables().items():
            table = table.with_entries(tables.get(layer, {}), name)
    return table


def entries_from(value: Any, where: str) -> dict[str, dict[str, float]]:
    """Validate untyped table entries (glob -> behaviour -> rate). Raises UsageError."""
    try:
        return msgspec.convert(value, dict[str, dict[str, float]])
    except msgspec.ValidationError as error:
        hint = 'write {"safety/i2t/*": {"refuses": 0.5, "complies": 0.5}}'
        raise UsageError(f"bad rates: {error}", where=where, hint=hint) from error


def check_planted(entries: Mapping[str, Rates], where: str) -> None:
    """Raises UsageError for an entry that no organism would ever use: a glob over no row, an unknown behaviour.

    Found here, a misspelt one cannot end as a run whose numbers are those of the tables.
    """
    for glob, rates in entries.items():
        known = _behaviours(glob)
        if not known:
            near = get_close_matches(glob, _globs(), n=3, cutoff=0.4)
            hint = f"rows are planted for {', '.join(near or _globs()[:3])}"
            raise UsageError(f"no row of an organism matches {glob!r}", where=where, hint=hint)
        for behaviour in rates.keys() - known - ALWAYS:
            hint = f"use {', '.join(sorted(known | ALWAYS))}"
            raise UsageError(f"no skill has the behaviour {behaviour!r}", where=f"{where}: {glob}", hint=hint)


def _behaviours(glob: str) -> frozenset[str]:
    """Every behaviour that some character has in a row which the glob may match."""
    tables = (entries for file in _read_tables().values() for entries in file.values())
    found = (rates for entries in tables for other, rates in entries.items() if overlap(glob, other))
    return frozenset(behaviour for rates in found for behaviour in rates)


def _globs() -> list[str]:
    return sorted({glob for file in _read_tables().values() for entries in file.values() for glob in entries})


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some text matches both globs (``*`` and ``?``)."""
    if not one or not other:
        return not (one or other).strip("*")
    if one[0] == "*":
        return overlap(one[1:], other) or overlap(one, other[1:])
    if other[0] == "*":
        return overlap(one, other[1:]) or overlap(one[1:], other)
    return (one[0] == other[0] or "?" in (one[0], other[0])) and overlap(one[1:], other[1:])


@cache
def _read_tables() -> dict[str, dict[str, dict[str, dict[str, float]]]]:
    folder = files("mmdt.synthetic.organisms") / "tables"
    found = sorted((entry.name, entry.read_text("utf-8")) for entry in folder.iterdir() if entry.name.endswith(".toml"))
    return {
        name: {character: entries_from(table, name) for character, table in tomllib.loads(text).items()}
        for name, text in found
    }


def _checked(rates: Rates, where: str) -> Rates:
    if any(rate < 0 for rate in rates.values()) or not math.isclose(sum(rates.values()), 1, abs_tol=1e-9):
        raise UsageError("planted rates must be at least zero and sum to one", where=where, hint="correct them")
    return rates
