"""Targets of out-of-distribution robustness, by task."""

from __future__ import annotations

from typing import ClassVar

from mmdt.perspectives.targets.seen import Answered, Asked, Counted, PlacedPairs, Sized
from mmdt.perspectives.targets.shape import Shape, Text, by_task, of_picture


class Plain(Shape, frozen=True):
    """The plain prompt that a picture is held against."""

    example: ClassVar[str] = '{"prompt": "a cat beside a cup"}'
    prompt: Text


told = of_picture(by_task({"count": Counted, **dict.fromkeys(("attribute", "spatial", "identification"), Answered)}))
drawn = by_task({"helpfulness": Plain, "count": Counted, "spatial": PlacedPairs, "color": Asked, "size": Sized})
