"""Best-of-N: the open request again and again, each time with other small changes: letters, capitals, the look.

Hughes et al., "Best-of-N Jailbreaking", arXiv 2412.03556. Nothing is learned between queries.
"""

from __future__ import annotations

import random
import re
import string

from mmdt.attacks.cases import make_attempt
from mmdt.search.hunt import Hunt
from mmdt.search.method import SearchMethod
from mmdt.search.move import PICTURE, Move

_WORD = re.compile(r"[^\W\d_]{4,}")


async def search(hunt: Hunt, strength: float, group: int) -> None:
    """``strength``: how likely each word is to be scrambled and each letter to become a capital, from 0 to 1.
    ``group``: how many are asked at once."""
    while hunt.left:
        await hunt.ask_all([_move(hunt, min(strength, 1.0)) for _ in range(min(group, hunt.left))])


def _move(hunt: Hunt, strength: float) -> Move:
    seed = hunt.rng.randrange(1 << 30)
    plain = make_attempt(hunt.behaviour, hunt.modality, seed=seed).prompt
    words = augmented(plain, hunt.rng, strength)
    choices: dict[str, str] = {}
    pages = any(axis.name == PICTURE and "page" in axis.options for axis in hunt.space.axes)
    if pages and hunt.rng.random() < 0.5:
        looks = {axis.name: hunt.rng.choice(axis.options) for axis in hunt.space.axes if axis.of_page}
        choices = {PICTURE: "page", **looks}
    return Move.of(choices, seed, words)


def augmented(text: str, rng: random.Random, strength: float) -> str:
    """The text with the inner letters of some words shuffled, some capitals, and a few letters shifted by one."""
    scrambled = _WORD.sub(lambda found: _scrambled(found[0], rng) if rng.random() < strength else found[0], text)
    return "".join(_changed(letter, rng, strength) for letter in scrambled)


def _scrambled(word: str, rng: random.Random) -> str:
    inner = list(word[1:-1])
    rng.shuffle(inner)
    return word[0] + "".join(inner) + word[-1]


def _changed(letter: str, rng: random.Random, strength: float) -> str:
    if letter in string.ascii_letters and rng.random() < strength / 20:
        return chr(ord(letter) + 1) if letter not in "zZ" else letter
    return letter.swapcase() if rng.random() < strength else letter


BEST_OF_N = SearchMethod(
    "best-of-n",
    search,
    "repeats the open request with random small changes of letters, capitals and look",
    parameters={"strength": 0.3, "group": 4},
    source="arXiv 2412.03556",
)
