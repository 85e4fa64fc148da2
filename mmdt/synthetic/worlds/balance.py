"""Balance: labels drawn so evenly that guessing gains nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

Label = TypeVar("Label")


def balanced(labels: Sequence[Label], rng: random.Random) -> Iterator[Label]:
    """The labels again and again, shuffled anew each time: any two have come up equally often, give or take one."""
    while True:
        yield from rng.sample(labels, len(labels))
