"""PAIR: several lines, in each of which an attacker improves its last prompt by the answer that it got.

Chao et al., "Jailbreaking Black Box Large Language Models in Twenty Queries", arXiv 2310.08419.
"""

from __future__ import annotations

from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.turn import Turn


async def search(hunt: Hunt, streams: int, depth: int) -> None:
    """``streams`` lines side by side, of ``depth`` queries each; then new lines, until no query is left."""
    while hunt.left:
        lines: list[list[Turn]] = [[] for _ in range(streams)]
        for _ in range(depth):
            for line in lines:
                parent = line[-1].number if line else 0
                line.append(await hunt.ask(await hunt.attacker.propose(hunt, line), parent=parent))


PAIR = SearchMethod(
    "pair",
    search,
    "several lines of prompts, each improved by the attacker from the answer to the last",
    parameters={"streams": 3, "depth": 3},
    attacker=True,
    source="arXiv 2310.08419",
)
