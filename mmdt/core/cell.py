"""Cell: the address of a leaf of the benchmark tree, and globs that select such addresses."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Self

from mmdt.core.modality import MODALITIES, Flow, Modality
from mmdt.errors import UsageError

ANY_TASK = "*"
"""The task part of a scenario whose tasks (such as harm categories) come from its data."""

_PART = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.+-]*|\*")
_MARKS = "_.+-"


def slug(text: str) -> str:
    """``text`` as one part of an address: ``"Illegal Activity"`` becomes ``"illegal-activity"``. Letters and digits of
    any script stay."""
    folded = unicodedata.normalize("NFC", text.strip().lower())
    kept = "".join(char if _is_word(char) or char in _MARKS else " " for char in folded)
    return "-".join(kept.split()).strip("-._+") or "unnamed"


def is_part(text: str) -> bool:
    """Whether ``text`` can be one part of an address: letters and digits of any script, ``-_.+`` after the first."""
    if _PART.fullmatch(text):
        return True
    return bool(text) and _is_word(text[0]) and all(_is_word(char) or char in _MARKS for char in text)


def _is_word(char: str) -> bool:
    """A letter, a digit, or a mark that belongs to a letter (the vowel signs of Hindi, accents)."""
    return unicodedata.category(char)[0] in "LMN"


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """``perspective/modality/scenario/task``, for example ``hallucination/i2t/natural/count``."""

    perspective: str
    modality: Modality
    scenario: str
    task: str

    def __post_init__(self) -> None:
        if self.modality not in MODALITIES:
            known = ", ".join(MODALITIES)
            raise UsageError(f"unknown modality {self.modality!r}", where=str(self), hint=f"use one of: {known}")
        for part in (self.perspective, self.scenario, self.task):
            if not is_part(part):
                raise UsageError(
                    f"{part!r} cannot be part of a cell",
                    where=str(self),
                    hint="use letters, digits, - _ . +",
                )

    def __str__(self) -> str:
        return f"{self.perspective}/{self.modality}/{self.scenario}/{self.task}"

    @property
    def flow(self) -> Flow:
        """What goes into the model and what comes out."""
        return MODALITIES[self.modality]

    @property
    def parent(self) -> str:
        """The scenario's address: ``perspective/modality/scenario``."""
        return f"{self.perspective}/{self.modality}/{self.scenario}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``perspective/modality/scenario/task``. Raises UsageError on anything else."""
        parts = text.split("/")
        if len(parts) != 4:
            raise UsageError(f"{text!r} is not a cell", hint="write perspective/modality/scenario/task")
        perspective, modality, scenario, task = parts
        return cls(perspective, modality, scenario, task)  # type: ignore[arg-type]  # checked on creation


@dataclass(frozen=True, slots=True)
class Selection:
    """Globs over cells: ``*`` matches any text within one part, ``**`` any number of parts.

    A glob with fewer than four parts selects the whole subtree: ``safety/*`` selects everything below it.
    """

    globs: tuple[str, ...] = ("**",)

    def __post_init__(self) -> None:
        for glob in self.globs:
            if not glob or not all(_is_word(char) or char in "_.+*/-" for char in glob):
                raise UsageError(
                    f"{glob!r} is not a valid selection", hint="write globs such as 'safety/**' or '*/t2i/**'"
                )

    @classmethod
    def of(cls, globs: Iterable[str] | str) -> Self:
        return cls((globs,) if isinstance(globs, str) else tuple(globs))

    def matches(self, cell: Cell) -> bool:
        """Whether a glob selects this cell, by mmdt's names or by the authors'."""
        parts = str(cell).split("/")
        return any(_matches(names, parts) for names in self._names())

    def _names(self) -> list[list[str]]:
        """The parts of every glob; the authors' ``adv`` and ``cooccurrence`` stand for mmdt's names."""
        return [_ours(glob.strip("/").split("/")) for glob in self.globs]

    def may_match(self, scenario: str, tasks: Iterable[str] | None) -> bool:
        """Whether a scenario can hold a selected cell; ``tasks`` is None if only the data knows them."""
        head = scenario.split("/")
        ends = (None,) if tasks is None else tuple(tasks)
        return any(_matches(names, [*head, end]) for names in self._names() for end in ends)


_OTHER_NAMES = {"adv": "adversarial", "cooccurrence": "cooccurrence_*", "social_stereotype": "stereotype"}
"""The authors' names in an address -> those of mmdt, as globs."""

_ATTACKED = ("object", "attribute", "spatial")


def _ours(glob: list[str]) -> list[str]:
    """A glob in mmdt's names: ``adv/i2t/object`` is ``adversarial/i2t/attack/object``; ``cooccurrence`` alone is all of
    them."""
    if glob[0] == "adv" and len(glob) > 2 and glob[2] in _ATTACKED:
        glob = [*glob[:2], "attack", *glob[2:]]
    if glob == ["cooccurrence"]:
        glob = ["*", "*", *glob]
    return [_OTHER_NAMES.get(part, part) for part in glob]


def _matches(glob: list[str], parts: list[str | None] | list[str]) -> bool:
    if not glob:
        return True  # fewer parts than the address: the whole subtree
    if glob[0] == "**":
        return any(_matches(glob[1:], parts[skip:]) for skip in range(len(parts) + 1) if glob[1:] or skip == len(parts))
    if not parts:
        return False
    part = parts[0]
    return (part is None or _part_matches(glob[0], part)) and _matches(glob[1:], parts[1:])


@lru_cache(maxsize=100_000)
def _part_matches(glob: str, part: str) -> bool:
    pattern = ".*".join(re.escape(piece) for piece in glob.split("*"))
    return re.fullmatch(pattern, part) is not None
