"""TAP: a tree of prompts. The attacker branches each leaf, what is off the topic is pruned before it is asked, and of
what was asked only the best leaves are kept.

Mehrotra et al., "Tree of Attacks: Jailbreaking Black-Box LLMs Automatically", arXiv 2312.02119.
"""

from __future__ import annotations

from mmdt.search.at_once import grow
from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.turn import Turn


async def search(hunt: Hunt, width: int, branching: int, depth: int) -> None:
    """Trees of ``depth`` levels with ``width`` leaves kept at each, of which each gets ``branching`` children; then a
    new tree, until no query is left. The branches of a level are proposed and asked at once."""
    while hunt.left:
        leaves: list[list[Turn]] = [[]]
        for _ in range(depth):
            grown = await grow(hunt, [line for line in leaves for _ in range(branching)], on_topic=True)
            # Later ones first among equals: they may have been made with more knowledge.
            leaves = sorted(grown, key=lambda line: (-line[-1].grade, -line[-1].number))[:width]
            if not leaves:
                hunt.notes["pruned"] = int(str(hunt.notes.get("pruned", 0))) + 1
                break


TAP = SearchMethod(
    "tap",
    search,
    "a tree of prompts: the attacker branches, off-topic prompts and all but the best leaves are pruned",
    parameters={"width": 4, "branching": 3, "depth": 5},
    attacker=True,
    source="arXiv 2312.02119",
)
