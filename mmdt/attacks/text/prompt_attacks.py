"""The attacks on one word of a prompt as plain functions, for the synthetic suites.

Each takes the prompt, the ``origin`` word or phrase in it that the attack is about, the ``label`` that the attack
wants to see instead, and a source of random numbers. None needs gradients or a model.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from mmdt.attacks.text.characters import characters
from mmdt.attacks.text.homoglyphs import homoglyphs
from mmdt.attacks.text.insertion import insertion
from mmdt.attacks.text.synonyms import synonyms

PromptAttack = Callable[[str, str, str, random.Random], str]
"""``attack(prompt, origin, label, rng)`` returns the attacked prompt. Raises UsageError where it cannot be applied."""

PROMPT_ATTACKS: Mapping[str, PromptAttack] = {
    "characters": characters,
    "homoglyphs": homoglyphs,
    "synonyms": synonyms,
    "insertion": insertion,
}
"""Name -> function. The synthetic suites draw from it, so its order is part of their cases."""
