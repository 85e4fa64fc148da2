"""The weights of the linear reader of refusals, made by ``tools/refusals/train.py`` (see docs/refusals.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FILE = Path(__file__).with_name("weights.txt")


@dataclass(frozen=True, slots=True)
class Weights:
    """Name of a feature -> weight, and the words that count by themselves."""

    of: Mapping[str, float]
    words: frozenset[str]

    def score(self, features: Mapping[str, float]) -> float:
        """Above 0 where a reply refuses."""
        return sum(self.of.get(name, 0.0) * value for name, value in features.items())


@cache
def weights() -> Weights:
    """Read once, when the first reply is."""
    named, _, words = FILE.read_text("utf-8").partition("[words]\n")
    rows = (line.split("\t") for line in named.splitlines() if not line.startswith("#"))
    return Weights({name: float(weight) for name, weight in rows}, frozenset(words.split()))
