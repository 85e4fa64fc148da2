"""Insertion: broken fragments of a label after the prompt. A reader skips them, a text encoder may not."""

from __future__ import annotations

import random

from mmdt.attacks.facts import needed
from mmdt.attacks.text.replacing import longest_word
from mmdt.core.attack import T2I, Attack, Attempt

_LEET = str.maketrans("aeiost", "431057")
MARKS = ("==", "](", "~~", "::", "|>", "##")
"""What separates the fragments."""


def insertion(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The prompt followed by fragments of the label, broken up so that none is a word."""
    word = longest_word(label)
    half = len(word) // 2
    pieces = ["-".join(word), f"{word.translate(_LEET)}{rng.randrange(10)}", f"{word[half:]}{word[:half]}x"]
    rng.shuffle(pieces)
    tail = " ".join(f"{rng.choice(MARKS)} {piece}" for piece in pieces)
    return f"{prompt} {tail}"


def _change(attempt: Attempt, rng: random.Random, label: str) -> Attempt:
    wanted = needed(attempt, "label", label, INSERTION.name)
    return attempt.with_prompt(insertion(attempt.prompt, "", wanted, rng))


INSERTION = Attack(
    "insertion",
    T2I,
    _change,
    "appends broken fragments of another word, the label",
    parameters={"label": ""},
    source='after Zou et al., "Universal and transferable adversarial attacks" (GCG), 2023, without gradients',
    constraint="the prompt stays word for word",
)
