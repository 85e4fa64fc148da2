"""Meaning: what a prompt asks for, independent of its wording."""

from __future__ import annotations

from dataclasses import dataclass

from mmdt.synthetic.worlds.scene import Relation


@dataclass(frozen=True, slots=True)
class ObjectSpec:
    """Requested things: ``count`` of a kind. An empty attribute is unspecified.

    ``size`` is ``large`` or ``small``; a person has an ``action``, and ``color`` is that of the shirt.
    """

    kind: str
    count: int = 1
    color: str = ""
    size: str = ""
    action: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A relation between two parts, given by their indices; ``left``: ``one`` is left of ``other``."""

    one: int
    relation: Relation
    other: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """A complete request. ``absent`` kinds must not appear; ``text`` must be written on a sign."""

    parts: tuple[ObjectSpec, ...] = ()
    links: tuple[Link, ...] = ()
    absent: tuple[str, ...] = ()
    text: str = ""

    @property
    def kinds(self) -> tuple[str, ...]:
        return tuple(part.kind for part in self.parts)
