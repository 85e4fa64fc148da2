"""Recipe: a TOML file that says which rows are attacked how, so that a secret seed and it make the same split anywhere.

name = "garden-private"
data = "behaviours.csv"
modality = "i2t"

[[make]]
attacks = "typography+role-play"
count = 20
parameters = { "role-play.x" = 1 }
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.cell import is_part
from mmdt.core.modality import Modality
from mmdt.data.splits.apply import Chain, chains_of
from mmdt.errors import DataError, UsageError

MAX_COUNT = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Make:
    """One part of a split: ``count`` cases (all rows without one) made by a chain of attacks."""

    attacks: str
    count: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @property
    def chain(self) -> Chain:
        """The attacks with their parameters. Raises UsageError."""
        return chains_of([self.attacks], self.parameters)[0] if self.attacks.strip() else ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitRecipe:
    """``data``: the file or folder of rows, relative to the recipe. ``canary``: whether every row carries it."""

    name: str
    data: str
    make: tuple[Make, ...]
    modality: Modality = "i2t"
    canary: bool = True


@dataclass(frozen=True, slots=True)
class ReadRecipe:
    """A recipe, and where its rows are."""

    recipe: SplitRecipe
    rows: Path


msgspec.json.Decoder(SplitRecipe)


def read_recipe(path: Path) -> ReadRecipe:
    """The recipe in a TOML file. Raises DataError where it cannot be read or says something else, UsageError for an
    attack or a parameter that there is not."""
    hint = 'write name, data, and [[make]] with attacks = "typography" and count = 20'
    try:
        text = path.read_bytes()
        values = tomllib.loads(text.decode("utf-8"))
        recipe = msgspec.convert(values, SplitRecipe)
    except OSError as error:
        raise DataError(
            "the recipe cannot be read", where=f"{path}: {error.strerror}", hint="check the path"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise DataError(f"this is no recipe of a split: {error}", where=str(path), hint=hint) from error
    unknown = _unknown(values)
    if unknown:
        raise DataError(f"the recipe has no entry {unknown[0]!r}", where=str(path), hint=hint)
    if not recipe.make:
        raise DataError("the recipe makes nothing", where=str(path), hint=hint)
    if not is_part(recipe.name):
        what = f"the name {recipe.name[:60]!r} is not made of small letters, digits and hyphens"
        raise DataError(what, where=str(path), hint='write name = "my-split"')
    for each in recipe.make:
        if each.count is not None and not 1 <= each.count <= MAX_COUNT:
            raise DataError(f"a count of {each.count:,}", where=str(path), hint=f"use 1 to {MAX_COUNT:,}")
        try:
            each.chain  # noqa: B018 - checked before anything is made
        except UsageError as error:
            raise UsageError(error.what, where=f"{path}, attacks = {each.attacks!r}", hint=error.hint) from error
    return ReadRecipe(recipe, path.parent / recipe.data)


def _unknown(values: Mapping[str, Any]) -> list[str]:
    known = ("name", "data", "make", "modality", "canary")
    inner = (key for each in values.get("make", ()) for key in each if key not in ("attacks", "count", "parameters"))
    return sorted([*(key for key in values if key not in known), *inner])
