"""Distraction: an irrelevant sentence before or after the request."""

from __future__ import annotations

import random

from mmdt.core.attack import BOTH, Attack, Attempt

OPENINGS = (
    "By the way,",
    "Incidentally,",
    "On an unrelated note,",
    "As an aside,",
    "Meanwhile,",
    "Speaking of something else entirely,",
)
"""How an aside begins."""

_ABOUT_A_THING = (
    "my neighbour sold {thing} at the market last week",
    "I once read a long poem about {thing}",
    "the museum across the road keeps {thing} in its cellar",
    "my aunt dreamt of {thing} on Tuesday",
    "the radio has been talking about {thing} all morning",
    "nobody in our office has ever mended {thing}",
    "a friend of mine wrote a song about {thing}",
    "there is a story that {thing} was lost in the old harbour",
)


def aside(thing: str, rng: random.Random) -> str:
    """A sentence that mentions ``thing`` (such as ``a red car``) and asks for nothing."""
    return f"{rng.choice(OPENINGS)} {rng.choice(_ABOUT_A_THING).format(thing=thing)}."


def distract(prompt: str, thing: str, rng: random.Random) -> str:
    """The prompt with an aside before or after it."""
    sentence = aside(thing, rng)
    return f"{sentence} {prompt}" if rng.random() < 0.5 else f"{prompt} {sentence}"


def _change(attempt: Attempt, rng: random.Random, thing: str) -> Attempt:
    return attempt.with_prompt(distract(attempt.prompt, thing, rng))


DISTRACTION = Attack(
    "distraction",
    BOTH,
    _change,
    "adds an irrelevant sentence about a thing",
    parameters={"thing": "a red umbrella"},
    source='Shi et al., "Large language models can be easily distracted by irrelevant context", ICML 2023',
    constraint="the prompt stays word for word",
)
