"""Synonyms: everyday words that mean the same, for the attack and for readers that must understand them."""

from __future__ import annotations

import random
import re

from mmdt.attacks.text.replacing import replace_phrase
from mmdt.core.attack import BOTH, Attack, Attempt
from mmdt.errors import UsageError

SYNONYMS: dict[str, tuple[str, ...]] = {
    "car": ("automobile", "motorcar"),
    "house": ("home", "cottage"),
    "boat": ("sailboat", "ship"),
    "cat": ("kitty", "pussycat"),
    "bird": ("birdie",),
    "cup": ("mug", "teacup"),
    "book": ("volume",),
    "umbrella": ("brolly",),
    "clock": ("timepiece",),
    "hat": ("top hat",),
    "chair": ("seat",),
    "rocket": ("spaceship",),
    "flower": ("blossom",),
    "mushroom": ("toadstool",),
    "ball": ("beach ball",),
    "person": ("somebody",),
    "large": ("big", "huge"),
    "small": ("little", "tiny"),
    "red": ("scarlet",),
    "blue": ("azure",),
    "yellow": ("lemon-coloured",),
    "green": ("emerald",),
    "purple": ("violet",),
    "pink": ("rosy",),
    "brown": ("chestnut",),
    "black": ("jet-black",),
    "white": ("snow-white",),
    "orange": ("tangerine",),
    "above": ("over", "on top of"),
    "below": ("under", "beneath"),
    "to the left of": ("on the left side of", "left of"),
    "to the right of": ("on the right side of", "right of"),
}
"""Plain word or phrase -> its synonyms."""


def synonyms(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The prompt with a synonym in place of the origin."""
    if origin not in SYNONYMS:
        raise UsageError(f"no synonym for {origin!r} is known", hint=f"use one of: {', '.join(sorted(SYNONYMS))}")
    return replace_phrase(prompt, origin, rng.choice(SYNONYMS[origin]))


def _change(attempt: Attempt, rng: random.Random, origin: str) -> Attempt:
    wanted = origin or attempt.target.get("origin")
    word = wanted if isinstance(wanted, str) and wanted else _known_word(attempt.prompt)
    return attempt.with_prompt(synonyms(attempt.prompt, word, "", rng))


def _known_word(prompt: str) -> str:
    """The first word or phrase of the prompt that has a synonym. Raises UsageError when none has."""
    pattern = r"(?<!\w)(?:" + "|".join(map(re.escape, SYNONYMS)) + r")(?!\w)"
    found = re.search(pattern, prompt, re.IGNORECASE)
    if found is None:
        raise UsageError("no word of the prompt has a known synonym", where=prompt[:60], hint="use another attack")
    return found[0].lower()


SYNONYM_ATTACK = Attack(
    "synonyms",
    BOTH,
    _change,
    "replaces one word by a synonym",
    parameters={"origin": ""},
    source='Jin et al., "Is BERT really robust?", AAAI 2020',
    constraint="one word becomes a synonym; all others stay",
)
