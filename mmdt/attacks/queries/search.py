"""What query attacks share: the score that they ask for, the count of what they asked, and the attack made of one."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.optimised.budget import Budget, opened
from mmdt.attacks.optimised.goal import goal_of, reply_of
from mmdt.attacks.optimised.surrogates import DEFAULT, open_surrogates
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.core.surrogate import Goal, Losses, Pixels
from mmdt.errors import UsageError

Score = Callable[[Pixels], Losses]
"""How far each picture of a batch is from what the attack wants; lower is better."""
Search = Callable[[Pixels, "Asked", Budget, np.random.Generator], Pixels]
"""``search(origin, asked, budget, rng)``: the best picture found, a batch of one, before ``asked`` runs out."""


@dataclass(slots=True)
class Asked:
    """A score with a limit of ``queries``; ``used`` counts pictures, not calls."""

    score: Score
    queries: int
    used: int = 0

    @property
    def left(self) -> int:
        """Pictures that may still be asked about."""
        return self.queries - self.used

    def __call__(self, pixels: Pixels) -> Losses:
        if len(pixels) > self.left:
            raise UsageError(f"the search asks for more than {self.queries:,} scores", hint="allow more queries")
        self.used += len(pixels)
        return np.asarray(self.score(pixels), np.float64)


def query_attack(name: str, about: str, source: str, search: Search, *, norm: str = "linf", size: float = 16) -> Attack:
    """An attack that asks a surrogate for scores. Parameters: ``surrogates`` (the first is asked), ``label`` or
    ``reply`` (of a surrogate that writes), ``norm`` and ``size`` of the budget, ``queries``."""

    def change(attempt: Attempt, rng: random.Random, **given: Any) -> Attempt:
        queries = given["queries"]
        if not isinstance(queries, int) or not 10 <= queries <= 1_000_000:
            raise UsageError(f"expected 10 to 1,000,000 queries, got {queries!r}", hint="use 500")
        budget, goal = Budget(given["norm"], given["size"]), _goal(attempt, name, given)
        network = open_surrogates(given["surrogates"])[0]
        generator = np.random.default_rng(rng.getrandbits(128))

        def moved(picture: Pil.Image) -> Pil.Image:
            data, origin = opened(picture)
            asked = Asked(lambda pixels: network.losses(pixels, goal), queries)
            return Pil.fromarray(budget.rounded(search(origin, asked, budget, generator)[0], data))

        return change_pictures(attempt, name, moved)

    defaults = {"surrogates": DEFAULT, "label": "", "reply": "", "norm": norm, "size": size, "queries": 500}
    return Attack(
        name,
        I2T,
        change,
        about,
        kind="picture",
        parameters=defaults,
        access="grey",
        source=source,
        cost="queries scores of a surrogate",
        constraint="no channel of the saved picture moves by more than size/255 (linf), or its root mean square (l2)",
    )


def _goal(attempt: Attempt, name: str, given: dict[str, Any]) -> Goal:
    return goal_of(attempt, name, given["label"], None, reply_of(attempt, given["reply"]))
