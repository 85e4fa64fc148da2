"""Sneaky: finds words that pass a filter in place of those that it stops, and keeps what the prompt means.

After SneakyPrompt (Yang et al., arXiv 2305.12082): which words to replace and what by is learned from what the filter
lets through. Replacements are roundabout phrases of the same meaning where there are some, and broken words otherwise.
"""

from __future__ import annotations

import random
import re

from mmdt.attacks.cases import make_attempt
from mmdt.attacks.text.roundabout import COMMON
from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.move import FRAMING, Move

_WORD = re.compile(r"[^\W\d_]{3,}")
_SMALL = frozenset(("the", "and", "for", "with", "that", "this", "from", "who", "how", "his", "her", "its", "into"))


async def search(hunt: Hunt, most: int) -> None:
    """``most``: words that are replaced at a time."""
    seen: dict[tuple[str, str], tuple[float, int]] = {}
    framings = next((axis.options for axis in hunt.space.axes if axis.name == FRAMING), ())
    number = 1
    while hunt.left:
        seed = hunt.rng.randrange(1 << 30)
        plain = make_attempt(hunt.behaviour, hunt.modality, seed=seed).prompt
        words = [each for each in dict.fromkeys(_WORD.findall(hunt.behaviour.text)) if each.lower() not in _SMALL]
        chosen = hunt.rng.sample(words, k=min(number, len(words)))
        swaps = {word: _replacement(word, hunt, seen) for word in chosen}
        prompt = plain
        for word, other in swaps.items():
            prompt = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", lambda _: other, prompt)  # noqa: B023 - used at once
        choices = {FRAMING: hunt.rng.choice(framings)} if framings else {}
        turn = await hunt.ask(Move.of(choices, seed, prompt))
        for pair in swaps.items():
            total, times = seen.get(pair, (0.0, 0))
            seen[pair] = (total + turn.grade, times + 1)
        number = 1 if turn.grade > 0 else number % max(1, min(most, len(words))) + 1


def _replacement(word: str, hunt: Hunt, seen: dict[tuple[str, str], tuple[float, int]]) -> str:
    """The replacement with the highest draw from what was learned about it (Thompson sampling)."""
    book = {**COMMON, **hunt.behaviour.phrases}
    options = [*book.get(word, ()), *book.get(word.lower(), ()), *(_broken(word, hunt.rng) for _ in range(3))]

    def drawn(option: str) -> float:
        total, times = seen.get((word, option), (0.0, 0))
        return hunt.rng.betavariate(1 + total, 1 + times - total)

    return max(options, key=drawn)


def _broken(word: str, rng: random.Random) -> str:
    """The word with a letter doubled, dropped or moved: still readable to a model, perhaps not to a list of words."""
    at = rng.randrange(1, max(2, len(word) - 1))
    return rng.choice(
        (
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
            f"{word[:at]}-{word[at:]}",
            f"{word[:at]} {word[at:]}",
        )
    )


SNEAKY = SearchMethod(
    "sneaky",
    search,
    "replaces words that a filter stops, and learns which replacements pass",
    parameters={"most": 3},
    source="arXiv 2305.12082",
)
