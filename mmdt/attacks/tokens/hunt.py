"""What token searches share: which tokens they may use, the loss of those they try, and the attack made of one."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mmdt.attacks.optimised.surrogates import open_text_surrogate
from mmdt.core.attack import T2I, Attack, Attempt
from mmdt.core.surrogate import Losses, TextSurrogate, Tokens, Vector
from mmdt.errors import UsageError

DEFAULT = "clip-text/openai/clip-vit-large-patch14"
"""The text encoder of Stable Diffusion 1."""
Ids = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Hunt:
    """A search for ``count`` tokens out of ``allowed`` that follow ``before``, towards a direction."""

    encoder: TextSurrogate
    before: Tokens
    count: int
    allowed: Ids
    direction: Vector

    def random(self, number: int, rng: np.random.Generator) -> Ids:
        """``number`` rows of tokens."""
        return np.asarray(rng.choice(self.allowed, (number, self.count)))

    def losses(self, rows: Ids) -> Losses:
        """The loss of each row; lower is nearer."""
        return self.encoder.losses([(*self.before, *map(int, row)) for row in rows], self.direction)

    def slopes(self, row: Ids) -> Vector:
        """First-order changes of the loss: (count, number of allowed tokens)."""
        found = self.encoder.slopes((*self.before, *map(int, row)), self.direction)
        return found[len(self.before) :, self.allowed]


Search = Callable[[Hunt, int, np.random.Generator], Ids]
"""``search(hunt, steps, rng)``: the best row that it found."""
DirectionOf = Callable[[TextSurrogate, Attempt, dict[str, Any]], Vector]


def allowed_tokens(encoder: TextSurrogate, banned: str, forbid: Sequence[str], synonyms: int) -> Ids:
    """Tokens that are words, without those of the banned text (also within longer words, or with them inside), those in
    ``forbid``, and the ``synonyms`` words whose embeddings are nearest to the banned text's."""
    named = {word for text in (banned, *forbid) for word in re.findall(r"[a-z]+", text.lower()) if len(word) > 2}
    words = encoder.words
    left = [place for place, word in enumerate(words) if word and not any(a in word or word in a for a in named)]
    if synonyms and left:
        near = encoder.embedding([words[place] for place in left]) @ encoder.embedding([banned])[0]
        drop = set(np.argsort(-near, kind="stable")[:synonyms].tolist())
        left = [place for order, place in enumerate(left) if order not in drop]
    if len(left) < 2:
        raise UsageError("hardly any token is left to choose from", hint="forbid fewer words, or lower synonyms")
    return np.asarray(left)


def token_attack(
    name: str,
    about: str,
    source: str,
    search: Search,
    direction: DirectionOf,
    *,
    access: Any,
    steps: int,
    cost: str,
    replaces: bool = False,
    more: dict[str, Any] | None = None,
) -> Attack:
    """An attack that appends the tokens it finds, or replaces the prompt by them. Parameters: ``surrogate``, ``label``,
    ``tokens`` (how many), ``steps``, ``forbid`` (words), ``synonyms`` (how many nearest words are not used)."""

    def change(attempt: Attempt, rng: random.Random, **given: Any) -> Attempt:
        count = _whole(given, "tokens", 1, 64)
        encoder = open_text_surrogate(given["surrogate"])
        before = () if replaces else encoder.tokens(attempt.prompt)
        if len(before) + count > encoder.room:
            hint = f"the text encoder has room for {encoder.room}: shorten the prompt or ask for fewer tokens"
            raise UsageError(f"{len(before)} tokens of the prompt and {count} more", hint=hint)
        towards = direction(encoder, attempt, given)
        banned = f"{given['label'] or attempt.target.get('label') or ''} {attempt.prompt if replaces else ''}"
        allowed = allowed_tokens(encoder, banned.strip(), given["forbid"], _whole(given, "synonyms", 0, 10_000))
        hunt = Hunt(encoder, before, count, allowed, towards)
        found = search(hunt, _whole(given, "steps", 1, 10_000), np.random.default_rng(rng.getrandbits(128)))
        said = " ".join(encoder.words[int(token)] for token in found)
        return attempt.with_prompt(said if replaces else f"{attempt.prompt} {said}")

    defaults = {"surrogate": DEFAULT, "label": "", "tokens": 4, "steps": steps, "forbid": (), "synonyms": 20}
    kept = "the prompt stays word for word" if not replaces else "no word of the prompt or the label is used"
    return Attack(
        name,
        T2I,
        change,
        about,
        parameters={**defaults, **(more or {})},
        access=access,
        source=source,
        cost=cost,
        constraint=f"{kept}; as many tokens as allowed, all of them words, none of them the label's",
    )


def _whole(given: dict[str, Any], name: str, least: int, most: int) -> int:
    value = given[name]
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise UsageError(f"expected {least:,} to {most:,} for {name}, got {value!r}", hint="use a whole number")
    return value
