"""Invisible characters: zero-width characters within words. A reader sees the prompt; a tokenizer sees pieces."""

from __future__ import annotations

import random

from mmdt.core.attack import BOTH, Attack, Attempt

_ZERO_WIDTH = "\u200b\u200c\u2060\ufeff"
"""Zero-width space and non-joiner, word joiner, zero-width no-break space. The joiner, which shapes emoji and some
scripts, is left out."""


def encode(text: str, share: float, rng: random.Random) -> str:
    """The text with a zero-width character between letters of a word, at a share of the places."""
    result = []
    for place, each in enumerate(text):
        result.append(each)
        inside = each.isalpha() and text[place + 1 : place + 2].isalpha()
        if inside and rng.random() < share:
            result.append(rng.choice(_ZERO_WIDTH))
    return "".join(result)


def decode(prompt: str) -> str:
    """The prompt as it is seen."""
    return prompt.translate(dict.fromkeys(map(ord, _ZERO_WIDTH)))


def _change(attempt: Attempt, rng: random.Random, share: float) -> Attempt:
    return attempt.with_prompt(encode(attempt.prompt, share, rng))


INVISIBLE_CHARACTERS = Attack(
    "invisible-characters",
    BOTH,
    _change,
    "puts zero-width characters into words",
    parameters={"share": 0.4},
    source='Boucher et al., "Bad characters: imperceptible NLP attacks", IEEE S&P 2022',
    constraint="the prompt looks the same",
)
