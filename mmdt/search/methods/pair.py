"""PAIR: several lines, in each of which an attacker improves its last prompt by the answer that it got.

Chao et al., "Jailbreaking Black Box Large Language Models in Twenty Queries", arXiv 2310.08419.
"""

from __future__ import annotations

from mmdt.search.at_once import grow
from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.turn import Turn


async def search(hunt: Hunt, streams: int, depth: int) -> None:
    """``streams`` lines side by side, of ``depth`` queries each; then new lines, until no query is left. The
    next queries of all lines are asked at once."""
    while hunt.left:
        lines: list[list[Turn]] = [[] for _ in range(streams)]
        for _ in range(depth):
            lines = await grow(hunt, lines)


PAIR = SearchMethod(
    "pair",
    search,
    "several lines of prompts, each improved by the attacker from the answer to the last",
    parameters={"streams": 3, "depth": 3},
    attacker=True,
    source="arXiv 2310.08419",
)
