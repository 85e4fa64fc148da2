"""Arrangement: random places for things in a picture, seeded, apart from each other and inside the frame."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.errors import UsageError
from mmdt.synthetic.worlds.backgrounds import BACKGROUNDS
from mmdt.synthetic.worlds.difficulty import Difficulty
from mmdt.synthetic.worlds.scene import Bounds, Scene, Thing
from mmdt.synthetic.worlds.sprites.library import aspect

MARGIN = 0.03
"""Minimum distance of a thing to the edge and to things it may not overlap, as a share of the side."""
SMALLEST_AREA = 0.016
"""Minimum area of a thing as a share of the picture; detectors drop boxes below 1 %."""
_LARGEST = 0.42


@dataclass(frozen=True, slots=True)
class UnplacedThing:
    """A thing without a place."""

    kind: str
    color: str
    action: str = ""
    scale: float = 1.0


def arrange(
    rng: random.Random, what: Sequence[UnplacedThing], difficulty: Difficulty, keep_out: Sequence[Bounds] = ()
) -> Scene:
    """A scene with these things at random places and sizes, outside the boxes of ``keep_out``.

    Raises UsageError if there is no room for all of them.
    """
    scales = (math.pow(0.93, attempt) for attempt in range(60))
    tries = (_try(rng, what, difficulty, list(keep_out), scale) for scale in scales)
    things = next((found for found in tries if found is not None), None)
    if things is None:
        raise UsageError(f"there is no room for {len(what)} things in one picture", hint="use fewer things")
    return Scene(
        tuple(things),
        background=rng.choice(BACKGROUNDS),
        clutter=difficulty.clutter,
        seed=rng.randrange(2**32),
    )


def _try(
    rng: random.Random, what: Sequence[UnplacedThing], difficulty: Difficulty, taken: list[Bounds], scale: float
) -> list[Thing] | None:
    """One attempt to place everything; None if something does not fit."""
    spread = math.sqrt(difficulty.contrast)
    typical = min(_LARGEST / spread, 0.62 / math.sqrt(max(1, len(what)))) * scale
    things: list[Thing] = []
    for item in what:
        size = min(_LARGEST, typical * item.scale * math.pow(spread, rng.uniform(-1, 1)))
        thing = Thing(item.kind, item.color, 0.5, 0.5, _visible(size, item), item.action)
        placed = _spot(rng, thing, taken, difficulty.overlap)
        if placed is None:
            return None
        things.append(placed)
        taken.append(placed.box)
    return things


def _visible(size: float, item: UnplacedThing) -> float:
    """The size, increased if necessary to the smallest that is large enough to count."""
    ratio = aspect(item.kind, item.action)
    return max(size, math.sqrt(SMALLEST_AREA / min(ratio, 1 / ratio)))


def _spot(rng: random.Random, thing: Thing, taken: Sequence[Bounds], overlap: float) -> Thing | None:
    x0, y0, x1, y1 = thing.box
    half_width, half_height = (x1 - x0) / 2 + MARGIN, (y1 - y0) / 2 + MARGIN
    for _ in range(40):
        x, y = rng.uniform(half_width, 1 - half_width), rng.uniform(half_height, 1 - half_height)
        box = (x - half_width + MARGIN, y - half_height + MARGIN, x + half_width - MARGIN, y + half_height - MARGIN)
        if all(_allowed(box, other, overlap) for other in taken):
            return replace(thing, x=x, y=y)
    return None


def _allowed(box: Bounds, other: Bounds, overlap: float) -> bool:
    room = 0.0 if overlap else MARGIN
    width = min(box[2], other[2]) - max(box[0], other[0]) + room
    height = min(box[3], other[3]) - max(box[1], other[1]) + room
    if width <= 0 or height <= 0:
        return True
    smaller = min(_area(box), _area(other))
    return overlap > 0 and width * height <= overlap * smaller


def _area(box: Bounds) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])
