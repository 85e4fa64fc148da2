"""Balance: labels drawn so evenly that a guessing strategy gains nothing."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TypeVar

Label = TypeVar("Label")


def balanced(labels: Sequence[Label], rng: random.Random) -> Iterator[Label]:
    """Endless rounds of all labels, each round shuffled; the counts of any two labels differ by at most one."""
    while True:
        yield from rng.sample(labels, len(labels))
