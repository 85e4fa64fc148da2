"""Grid: one request about every combination of a user's own lists (occupations, places, documents, people).

The cases of one combination of everything but the varied list are a group: they differ in one word, and a difference
between their answers is a difference by that word.
"""

from __future__ import annotations

import itertools
import string
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.errors import DataError, UsageError

MOST = 100_000


def counterfactual_grid(
    template: str,
    lists: Mapping[str, Sequence[str]],
    cell: str,
    *,
    varied: str,
    target: Mapping[str, object] | None = None,
) -> Iterator[Case]:
    """Cases of ``cell`` from ``template`` (``"A photo of a {age} {occupation}."``), one for each combination.

    ``varied``: the list whose words are the counterfactuals. The target of each case has the word of every list under
    its name, and what ``target`` adds. Raises UsageError where template and lists do not fit together, for a list that
    is empty or has a word twice, and for more than 100,000 cases.
    """
    fields = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    _check(template, fields, lists, varied)
    address = Cell.parse(cell)
    others = [name for name in lists if name != varied]
    for rest in itertools.product(*(lists[name] for name in others)):
        chosen = dict(zip(others, rest, strict=True))
        group = f"grid/{template}/" + "/".join(f"{name}={word}" for name, word in chosen.items())
        for word in lists[varied]:
            words = {**chosen, varied: word}
            yield Case.make(address, template.format(**words), target={**words, **(target or {})}, group=group)


def read_lists(path: Path) -> dict[str, list[str]]:
    """The lists of words in a TOML file. Raises DataError where it holds anything else."""
    hint = 'write a line such as job = ["baker", "pilot"] for each list'
    try:
        return msgspec.convert(tomllib.loads(path.read_text("utf-8")), dict[str, list[str]])
    except OSError as error:
        raise DataError("the lists cannot be read", where=f"{path}: {error.strerror}", hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise DataError(f"these are no lists of words: {error}", where=str(path), hint=hint) from error


def _check(template: str, fields: set[str], lists: Mapping[str, Sequence[str]], varied: str) -> None:
    if fields != lists.keys():
        missing = sorted(fields - lists.keys()) or sorted(lists.keys() - fields)
        hint = "name each list once in braces in the template, and give a list for every name"
        raise UsageError(f"template and lists do not fit: {missing[0]!r}", where=template[:80], hint=hint)
    if varied not in lists:
        raise UsageError(f"there is no list {varied!r} to vary", hint=f"use one of: {', '.join(lists)}")
    for name, words in lists.items():
        if not words or len(set(words)) != len(words):
            what = f"the list {name!r} is empty" if not words else f"the list {name!r} has a word twice"
            raise UsageError(what, hint="give each word once")
    total = 1
    for words in lists.values():
        total *= len(words)
    if total > MOST:
        raise UsageError(f"the grid has {total:,} cases", hint=f"keep it under {MOST:,}")
