"""Make a split: the same recipe, rows and secret give the same bytes on every machine."""

from __future__ import annotations

import hashlib
import hmac
import random
from collections.abc import Iterator
from pathlib import Path

from mmdt.attacks.save import save_cases
from mmdt.core.behaviour import Behaviour
from mmdt.core.case import Case
from mmdt.data.splits.apply import Applied, harder, name_of
from mmdt.data.splits.canonical import canonical
from mmdt.data.splits.recipe import ReadRecipe, read_recipe
from mmdt.data.splits.rows import read_rows
from mmdt.errors import UsageError

CANARY = "MMDT-CANARY 7d1c9c52-5a0e-4f0b-9a55-2f6c3e1b8d47 private evaluation data, never to be trained on"
"""Marks private data. A model that can complete it has seen such data; who filters training data can look for it."""
LEAST_SECRET = 8
"""Characters of a secret."""


def make_split(recipe: str | Path, secret: str, out: str | Path) -> Applied:
    """Write the split of a recipe file and a secret into a new folder as ``save_cases`` does, and say what was made.

    Raises UsageError for a secret that is too short and for a recipe that makes fewer cases than it asks for, DataError
    for bad rows and where the folder cannot be written.
    """
    found = read_recipe(Path(recipe))
    if len(secret) < LEAST_SECRET:
        hint = "take something that nobody can guess, such as the output of: openssl rand -hex 16"
        raise UsageError(f"the secret seed has {len(secret)} characters, fewer than {LEAST_SECRET}", hint=hint)
    rows = sorted({_key(row): row for row in read_rows(found.rows)}.items())
    told = Applied()
    notes = {"note_canary": CANARY} if found.recipe.canary else None
    save_cases(_cases(found, secret, [row for _, row in rows], told), out, notes)
    return told


def _cases(found: ReadRecipe, secret: str, rows: list[Case | Behaviour], told: Applied) -> Iterator[Case]:
    for place, part in enumerate(found.recipe.make):
        seed = seed_of(secret, found.recipe.name, str(place), part.attacks)
        order = random.Random(seed).sample(rows, len(rows))
        mine = Applied()
        made = 0
        for case in harder(order, [part.chain], found.recipe.modality, [seed], mine):
            if part.count is not None and made == part.count:
                break
            made += 1
            told.made[name_of(part.chain)] += 1
            yield canonical(case)
        told.left_out.update(mine.left_out)
        if made < (part.count or 1):
            why = f": {next(iter(mine.left_out))[1]}" if mine.left_out else ""
            what = f"{part.attacks!r} makes {made:,} cases of the {len(rows):,} rows, not {part.count or 1:,}{why}"
            raise UsageError(what, where=found.recipe.name, hint="give more rows, or lower the count")


def seed_of(secret: str, *names: str) -> int:
    """A seed of 63 bits that follows from the secret and names, and from which the secret does not follow
    (HMAC-SHA256)."""
    mark = hmac.digest(secret.encode(), "\x1f".join(names).encode(), hashlib.sha256)
    return int.from_bytes(mark[:8], "big") >> 1


def _key(row: Case | Behaviour) -> str:
    """What orders rows, and finds those that are there twice, whatever their order in the files."""
    return f"case {row.id}" if isinstance(row, Case) else f"behaviour {row.category}\x1f{row.text}\x1f{row.thing}"
