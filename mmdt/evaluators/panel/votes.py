"""How votes become one verdict, and when it no longer depends on those that are left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

import msgspec

Vote = Literal["majority", "unanimous", "any", "mean"]
VOTES: tuple[Vote, ...] = get_args(Vote)
_FIELDS = ("verdict", "class", "approves", "choice", "counts")
"""What a judge's value says, by kind of answer; everything else in it is about how it was found."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What the panel says; with ``why``, nothing, and why. ``share``: of yeses, where votes are averaged."""

    vote: Hashable = None
    why: str = ""
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Open:
    """How many more must be asked before anything can be decided."""

    ask: int


def vote_of(value: Mapping[str, Any]) -> Hashable:
    """What a judge's value says, comparable with what another's says: ``True``, ``"complies"``, ``'{"cats":2}'``."""
    said = next((value[name] for name in _FIELDS if name in value), value)
    return said if isinstance(said, bool | str) else msgspec.json.encode(said, order="sorted").decode()


def decide(rule: Vote, votes: Sequence[Hashable | None], size: int) -> Decided | Open:
    """Whether a panel of ``size`` has decided, by the votes so far (None: that judge has no verdict).

    ``majority``: more than half of the whole panel says the same. ``unanimous``: yes if all say yes, no at the first
    no. ``any``: yes at the first yes, no if all say no. ``mean``: the share of yeses, once all have said. The last
    three are about yes and no; other answers (numbers, choices, classes) go by the majority. A judge without a verdict
    counts for nothing, so it can leave the panel without one.
    """
    binary = all(vote is None or isinstance(vote, bool) for vote in votes)
    if rule == "majority" or not binary:
        return _majority(votes, size)
    if rule == "mean":
        return _mean(votes, size)
    return _first(votes, size, decisive=rule == "any")


def _majority(votes: Sequence[Hashable | None], size: int) -> Decided | Open:
    best, most = next(iter(Counter(vote for vote in votes if vote is not None).most_common(1)), (None, 0))
    lacking, left = size // 2 + 1 - most, size - len(votes)
    if lacking <= 0:
        return Decided(best)
    if lacking > left:
        return Decided(why=f"no majority of {size} judges")
    return Open(lacking)


def _mean(votes: Sequence[Hashable | None], size: int) -> Decided | Open:
    if len(votes) < size:
        return Open(size - len(votes))
    if None in votes:
        return Decided(why="a judge has no verdict")
    share = sum(vote is True for vote in votes) / size
    return Decided(share > 0.5, share=share)


def _first(votes: Sequence[Hashable | None], size: int, *, decisive: bool) -> Decided | Open:
    """Decided by the first vote that is ``decisive``."""
    if decisive in votes:
        return Decided(decisive)
    if len(votes) < size:
        return Open(1)
    return Decided(why="a judge has no verdict") if None in votes else Decided(not decisive)


def fewest(rule: Vote, size: int) -> int:
    """The fewest judges of a panel that may decide."""
    return {"majority": size // 2 + 1, "mean": size}.get(rule, 1)
