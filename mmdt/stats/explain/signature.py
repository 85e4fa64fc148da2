"""Signature: a declared pattern of failure. Each is a TOML file in ``declared/``.

A file says what the pattern is called, what it means and what it does not, and which command would confirm it. For each
modality it lists conditions that all have to hold; a condition is a number of the run and a threshold.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from mmdt.errors import UsageError

Modality = Literal["i2t", "t2i"]
Where = dict[str, list[str]]


class Condition(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One number and the side of a threshold that it must be on.

    ``cells``: globs over cells. Every scenario among them has the same weight, and in it every task or every case, as
    the scenario declares. ``component`` of the score, over the outputs where ``given`` is 1, less ``less`` of the same
    output. ``where``: entries of the target, each with the values that it may have. ``minus_cells`` (with
    ``minus_where``): the same over other cells, which is subtracted. ``number``: instead of all of these, a number of
    the scorecard (``address metric``)."""

    title: str
    above: float | None = None
    below: float | None = None
    cells: tuple[str, ...] = ()
    component: str = ""
    given: str = ""
    less: str = ""
    where: Where = {}
    minus_cells: tuple[str, ...] = ()
    minus_where: Where = {}
    benign: bool = False
    number: str = ""

    @property
    def claim(self) -> str:
        return f"above {self.above:g}" if self.above is not None else f"below {self.below:g}"


class Signature(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """``title``: the pattern in a few words; ``says``: what it means; ``but``: what it does not; ``paper``: what the
    paper says of it. ``confirm``: commands that would confirm it, ``{model}`` stands for the model."""

    title: str
    says: str
    but: str
    confirm: tuple[str, ...]
    i2t: tuple[Condition, ...] = ()
    t2i: tuple[Condition, ...] = ()
    paper: str = ""
    name: str = ""

    def of(self, modality: Modality) -> tuple[Condition, ...]:
        return self.i2t if modality == "i2t" else self.t2i


@cache
def declared() -> tuple[Signature, ...]:
    """All signatures, by name."""
    folder = files("mmdt.stats.explain") / "declared"
    found = sorted((each.name, each.read_text("utf-8")) for each in folder.iterdir() if each.name.endswith(".toml"))
    return tuple(read(text, name.removesuffix(".toml")) for name, text in found)


def read(text: str, name: str) -> Signature:
    """A signature from its TOML. Raises UsageError that says what is wrong in it."""
    try:
        values: dict[str, Any] = tomllib.loads(text)
        found = msgspec.convert({**values, "name": name}, Signature)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise UsageError(f"not a signature: {error}", where=name, hint="see mmdt/stats/explain/declared") from error
    for each in (*found.i2t, *found.t2i):
        if (each.above is None) == (each.below is None) or bool(each.number) == bool(each.cells and each.component):
            what = "a condition has one of above and below, and either a number or cells with a component"
            raise UsageError(what, where=f"{name}: {each.title}", hint="correct the condition")
    return found
