"""Scene: what is in a picture and where; the truth for every question about it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from mmdt.synthetic.worlds.sprites.library import aspect

Relation = Literal["left", "right", "above", "below"]
"""Where one thing is, seen from another."""
RELATIONS: tuple[Relation, ...] = get_args(Relation)
OPPOSITE: dict[str, Relation] = {"left": "right", "right": "left", "above": "below", "below": "above"}

Bounds = tuple[float, float, float, float]
"""x0, y0, x1, y1 as shares of the picture's side, y downwards."""


@dataclass(frozen=True, slots=True)
class Thing:
    """An object or a figure.

    ``x`` and ``y`` are the centre of its outline and ``size`` its longer side, as shares of the picture's side. A
    figure has the kind ``person`` and an ``action``; ``color`` is that of its shirt.
    """

    kind: str
    color: str
    x: float
    y: float
    size: float
    action: str = ""

    @property
    def box(self) -> Bounds:
        ratio = aspect(self.kind, self.action)
        half_width = self.size / 2 * min(1.0, ratio)
        half_height = self.size / 2 * min(1.0, 1 / ratio)
        return (self.x - half_width, self.y - half_height, self.x + half_width, self.y + half_height)


@dataclass(frozen=True, slots=True)
class Sign:
    """A text in a picture. ``x`` and ``y`` are its centre, ``height`` is the height of a line.

    ``style``: ``board`` (a sign on a post), ``paper`` (a sheet of several lines) or ``label`` (a strip).
    """

    text: str
    x: float
    y: float
    height: float
    style: Literal["board", "paper", "label"] = "board"


@dataclass(frozen=True, slots=True)
class Frame:
    """An empty coloured rectangle behind the things, like an irrelevant annotation box."""

    box: Bounds
    color: str


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything in a picture: clutter (placed by ``seed``), frames, things (later ones in front), signs."""

    things: tuple[Thing, ...]
    signs: tuple[Sign, ...] = ()
    frames: tuple[Frame, ...] = ()
    background: str = "meadow"
    clutter: int = 0
    seed: int = 0

    def find(self, kind: str = "", color: str = "") -> tuple[Thing, ...]:
        """The things of a kind, of a colour, or of both."""
        return tuple(
            thing for thing in self.things if (not kind or thing.kind == kind) and (not color or thing.color == color)
        )

    def counts(self) -> dict[str, int]:
        """The number of things of each kind in the scene."""
        kinds = [thing.kind for thing in self.things]
        return {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}


def relation(dx: float, dy: float) -> Relation:
    """The relation of a thing whose centre is offset by (dx, dy) from another's; horizontal if |dx| > |dy|."""
    if abs(dx) > abs(dy):
        return "left" if dx < 0 else "right"
    return "above" if dy < 0 else "below"


def relation_of(thing: Thing, other: Thing) -> Relation:
    """Where ``thing`` is, seen from ``other``."""
    return relation(thing.x - other.x, thing.y - other.y)


def clearly_related(thing: Thing, other: Thing) -> bool:
    """Whether their relation is unambiguous: they are well apart, and much more so in one direction."""
    dx, dy = abs(thing.x - other.x), abs(thing.y - other.y)
    return max(dx, dy) >= 0.2 and max(dx, dy) >= 1.7 * min(dx, dy)
