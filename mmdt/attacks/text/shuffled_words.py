"""Shuffled words: the words of the request in another order. Models still understand it, guards less often."""

from __future__ import annotations

import random

from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.errors import UsageError


def shuffle(text: str, rng: random.Random) -> str:
    """The words of a text in a random order that is not theirs. Raises UsageError where there is none."""
    words = text.split()
    if len(set(words)) < 2:
        raise UsageError("the prompt has no two words to exchange", where=text[:60], hint="use another attack")
    drawn = rng.sample(words, len(words))
    while drawn == words:
        drawn = rng.sample(words, len(words))
    return " ".join(drawn)


def _change(attempt: Attempt, rng: random.Random) -> Attempt:
    return attempt.with_prompt(shuffle(attempt.prompt, rng))


SHUFFLED_WORDS = Attack(
    "shuffled-words",
    I2T,
    _change,
    "puts the words of the request in another order",
    source='Zhao et al., "Jailbreaking MLLMs via shuffle inconsistency" (SI-Attack), ICCV 2025',
    constraint="the prompt has the same words",
)
