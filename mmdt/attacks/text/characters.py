"""Characters: a slip of the pen. Readers still understand the word, a brittle text encoder may not."""

from __future__ import annotations

import random

from mmdt.attacks.facts import origin_of
from mmdt.attacks.text.replacing import longest_word, replace_phrase
from mmdt.core.attack import BOTH, Attack, Attempt
from mmdt.errors import UsageError


def characters(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The prompt with two neighbouring letters of the origin's longest word swapped, or one letter doubled."""
    word = longest_word(origin)
    if len(word) < 2:
        raise UsageError(f"{origin!r} is too short for a slip", hint="choose a word of two letters or more")
    swappable = [place for place in range(1, len(word) - 2) if word[place] != word[place + 1]]
    if swappable and rng.random() < 0.7:
        place = rng.choice(swappable)
        slip = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    else:
        place = rng.randrange(1, len(word))
        slip = word[:place] + word[place] + word[place:]
    return replace_phrase(prompt, origin, origin.replace(word, slip))


def _change(attempt: Attempt, rng: random.Random, origin: str) -> Attempt:
    return attempt.with_prompt(characters(attempt.prompt, origin_of(attempt, origin), "", rng))


CHARACTERS = Attack(
    "characters",
    BOTH,
    _change,
    "swaps or doubles letters of one word of the prompt",
    parameters={"origin": ""},
    source='Gao et al., "Black-box generation of adversarial text sequences" (DeepWordBug), 2018',
    constraint="one or two letters of one word move; all others stay",
)
