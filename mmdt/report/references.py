"""Reference numbers: what others published for the same cells, with source and date. They are never measured ones.

The packaged list is ``references.toml``; a file of the same form that ``MMDT_REFERENCES`` names extends it.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import msgspec

from mmdt.errors import UsageError

VARIABLE = "MMDT_REFERENCES"
HINT = (
    'write [[reference]] with model, source, date, metric and [reference.values] "perspective/modality/scenario" = 0.5'
)


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    model: str
    source: str
    date: str
    metric: str
    values: dict[str, float] = {}
    at_most: dict[str, float] = {}
    note: str = ""


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    reference: list[_Entry] = []


@dataclass(frozen=True, slots=True)
class Reference:
    """A published number of one model at one address. ``at_most``: the source gives an upper bound alone."""

    address: str
    metric: str
    model: str
    value: float
    source: str
    date: str
    at_most: bool = False
    note: str = ""

    @property
    def text(self) -> str:
        """The number as a percentage."""
        shown = f"{100 * self.value:.2f}".rstrip("0").rstrip(".")
        return f"{'at most ' if self.at_most else ''}{shown} %"


def references(path: Path | None = None) -> tuple[Reference, ...]:
    """The packaged numbers and the user's (``path``, by default the file that MMDT_REFERENCES names).

    Raises UsageError for a file that cannot be read or has another form.
    """
    named = os.environ.get(VARIABLE, "")
    own = path or (Path(named).expanduser() if named else None)
    return (*_packaged(), *_of_benchmarks(), *(_read(own.name if own else "", _text(own)) if own else ()))


def references_of(addresses: Iterable[str], known: Iterable[Reference] | None = None) -> tuple[Reference, ...]:
    """Those of the addresses of a run."""
    wanted = set(addresses)
    return tuple(each for each in (references() if known is None else known) if each.address in wanted)


@cache
def _packaged() -> tuple[Reference, ...]:
    text = (files("mmdt.report") / "references.toml").read_text(encoding="utf-8")
    return tuple(_read("references.toml", text))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not UTF-8"
        raise UsageError(f"the reference numbers cannot be read: {reason}", where=str(path), hint=HINT) from error


@cache
def _of_benchmarks() -> tuple[Reference, ...]:
    """Those that the declarations of named benchmarks carry."""
    from mmdt.benchmarks.catalog import declaration, packaged  # here: most runs use no benchmark

    return tuple(
        Reference(address, each.metric, each.model, value, each.source, each.date, note=each.note)
        for name in packaged()
        for each in declaration(name).reference
        for address, value in each.values.items()
    )


def _read(where: str, text: str) -> Iterator[Reference]:
    try:
        entries = msgspec.convert(tomllib.loads(text), _File).reference
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, RecursionError) as error:
        raise UsageError(f"these are not reference numbers: {error}", where=where, hint=HINT) from error
    for entry in entries:
        for at_most, values in ((False, entry.values), (True, entry.at_most)):
            for address, value in values.items():
                yield Reference(
                    address, entry.metric, entry.model, value, entry.source, entry.date, at_most, entry.note
                )
