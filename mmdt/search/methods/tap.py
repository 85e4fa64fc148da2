"""TAP: a tree of prompts. The attacker branches each leaf, what is off the topic is pruned before it is asked, and of
what was asked only the best leaves are kept.

Mehrotra et al., "Tree of Attacks: Jailbreaking Black-Box LLMs Automatically", arXiv 2312.02119.
"""

from __future__ import annotations

from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.turn import Turn


async def search(hunt: Hunt, width: int, branching: int, depth: int) -> None:
    """Trees of ``depth`` levels with ``width`` leaves kept at each, of which each gets ``branching`` children; then a
    new tree, until no query is left."""
    while hunt.left:
        leaves: list[list[Turn]] = [[]]
        for _ in range(depth):
            grown: list[list[Turn]] = []
            for line in leaves:
                for _ in range(branching):
                    move = await hunt.attacker.propose(hunt, line)
                    if not await hunt.attacker.on_topic(hunt, move):
                        continue
                    turn = await hunt.ask(move, parent=line[-1].number if line else 0)
                    grown.append([*line, turn])
            # Later ones first among equals: they were made with more knowledge.
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
