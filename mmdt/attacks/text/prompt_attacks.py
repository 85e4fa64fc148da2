"""Black-box attacks on the words of a prompt: a reader still understands it, a brittle text encoder may not.

Each takes the prompt, the ``origin`` word or phrase in it that the attack is about, the ``label`` that it would like
to see instead, and a source of randomness. None needs gradients or a model.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping

from mmdt.attacks.text.homoglyphs import HOMOGLYPHS, confuse
from mmdt.attacks.text.replacing import replace_words
from mmdt.attacks.text.synonyms import SYNONYMS
from mmdt.errors import UsageError

PromptAttack = Callable[[str, str, str, random.Random], str]
"""``attack(prompt, origin, label, rng)`` gives the attacked prompt. Raises UsageError where it does not apply."""

_LEET = str.maketrans("aeiost", "431057")
MARKS = ("==", "](", "~~", "::", "|>", "##")
"""What stands between the fragments of an insertion."""


def characters(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """Two neighbouring letters within the origin's longest word changed over, or one of them doubled."""
    word = _longest(origin)
    swappable = [place for place in range(1, len(word) - 2) if word[place] != word[place + 1]]
    if swappable and rng.random() < 0.7:
        place = rng.choice(swappable)
        slip = word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    else:
        place = rng.randrange(1, len(word))
        slip = word[:place] + word[place] + word[place:]
    return _replaced(prompt, origin, origin.replace(word, slip))


def homoglyphs(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The origin in letters of other scripts that look the same."""
    if not any(letter in HOMOGLYPHS for letter in origin):
        raise UsageError(f"{origin!r} has no letter with a double", hint="choose another word")
    return _replaced(prompt, origin, confuse(origin))


def synonyms(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """The origin said in another word."""
    if origin not in SYNONYMS:
        raise UsageError(f"there is no synonym for {origin!r}", hint=f"use one of: {', '.join(sorted(SYNONYMS))}")
    return _replaced(prompt, origin, rng.choice(SYNONYMS[origin]))


def insertion(prompt: str, origin: str, label: str, rng: random.Random) -> str:
    """A tail of fragments of the label, broken up so that they are no words."""
    word = _longest(label)
    half = len(word) // 2
    pieces = ["-".join(word), f"{word.translate(_LEET)}{rng.randrange(10)}", f"{word[half:]}{word[:half]}x"]
    rng.shuffle(pieces)
    tail = " ".join(f"{rng.choice(MARKS)} {piece}" for piece in pieces)
    return f"{prompt} {tail}"


PROMPT_ATTACKS: Mapping[str, PromptAttack] = {
    "characters": characters,
    "homoglyphs": homoglyphs,
    "synonyms": synonyms,
    "insertion": insertion,
}
"""Every attack on prompts by name."""


def _longest(phrase: str) -> str:
    return max(phrase.split(), key=len)


def _replaced(prompt: str, origin: str, put: str) -> str:
    if not re.search(rf"(?<!\w){re.escape(origin)}(?!\w)", prompt, re.IGNORECASE):
        raise UsageError(f"the prompt does not say {origin!r}", where=prompt[:60], hint="name a word of it")
    return replace_words(prompt, {origin: put})
