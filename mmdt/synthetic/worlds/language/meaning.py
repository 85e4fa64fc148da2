"""Meaning: what a prompt asks to be drawn, apart from how it is worded."""

from __future__ import annotations

from dataclasses import dataclass

from mmdt.synthetic.worlds.scene import Relation


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """Something to be drawn: ``count`` of a kind. Empty: nothing is said about it.

    ``size`` is ``large`` or ``small``; a person has an ``action``, and the colour is that of the shirt.
    """

    kind: str
    count: int = 1
    color: str = ""
    size: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """Part number ``one`` stands in a relation to part number ``other``: ``one`` is left of ``other``."""

    one: int
    relation: Relation
    other: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """All that is asked for. ``absent`` kinds must not be there; ``text`` is to be written on a sign."""

    parts: tuple[ObjectSpec, ...] = ()
    links: tuple[Link, ...] = ()
    absent: tuple[str, ...] = ()
    text: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(part.kind for part in self.parts)
