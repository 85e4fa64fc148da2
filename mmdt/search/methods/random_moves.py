"""Random: every query is a move drawn evenly. What any other method has to beat."""

from __future__ import annotations

from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.move import Move


async def search(hunt: Hunt, group: int) -> None:
    """``group``: how many are asked at once."""
    while hunt.left:
        await hunt.ask_all([_move(hunt) for _ in range(min(group, hunt.left))])


def _move(hunt: Hunt) -> Move:
    return Move.of(hunt.space.drawn(hunt.rng), seed=hunt.rng.randrange(1 << 30))


RANDOM = SearchMethod(
    "random", search, "draws every move evenly; what the others are compared with", parameters={"group": 4}
)
