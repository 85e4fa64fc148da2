"""Descent: the loop that attacks by gradients share, and the attack made of it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from PIL import Image as Pil

from mmdt.attacks.optimised.budget import Budget, opened
from mmdt.attacks.optimised.goal import goal_of, reply_of
from mmdt.attacks.optimised.surrogates import DEFAULT, open_surrogates
from mmdt.attacks.optimised.views import PLAIN, View
from mmdt.attacks.pictures.change import change_pictures
from mmdt.core.attack import I2T, Attack, Attempt
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Pixels, Surrogate
from mmdt.errors import UsageError

ViewsOf = Callable[[tuple[int, int], np.random.Generator], Sequence[View]]
"""``views(shape, rng)``: through what a step looks at each surrogate; the gradients are averaged."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What a loop over gradients works on: within ``budget``, ``goal`` as ``surrogates`` see it through ``views``."""

    budget: Budget
    surrogates: Sequence[Surrogate]
    goal: Goal
    views: ViewsOf
    rng: np.random.Generator


class Runner(Protocol):
    """A loop over gradients; :class:`Descent` is the usual one."""

    def run(self, origin: Pixels, problem: Problem) -> Pixels:
        """The batch after all steps."""
        ...


@dataclass(frozen=True, slots=True)
class Descent:
    """``steps`` steps of ``length`` (1/255); ``momentum``: the share of the earlier direction that each keeps (0: none,
    as in PGD); ``start``: whether it starts at a random place of the budget."""

    steps: int
    length: float
    momentum: float = 0.0
    start: bool = False

    def run(self, origin: Pixels, problem: Problem) -> Pixels:
        """The batch after all steps."""
        budget, rng = problem.budget, problem.rng
        pixels, direction = origin, np.zeros_like(origin)
        if self.start:
            noise = np.asarray(rng.uniform(-1, 1, origin.shape) * budget.size / 255, np.float32)
            pixels = budget.project(origin + noise, origin)
        for _ in range(self.steps):
            slope = mean_gradient(pixels, problem.surrogates, problem.goal, problem.views(origin.shape[1:3], rng))
            scale = np.mean(np.abs(slope), axis=(1, 2, 3), keepdims=True)
            direction = np.asarray(self.momentum * direction + slope / np.maximum(scale, 1e-12), np.float32)
            pixels = budget.project(pixels + budget.step(direction, self.length), origin)
        return pixels


def mean_gradient(pixels: Pixels, surrogates: Sequence[Surrogate], goal: Goal, views: Sequence[View]) -> Pixels:
    """The mean of the gradients of all surrogates through all views, each surrogate's scaled to the same size."""
    total = np.zeros_like(pixels)
    for surrogate in surrogates:
        slope = np.zeros_like(pixels)
        for view in views:
            slope += view.back(surrogate.gradient(view.forward(pixels), goal)[1])
        total += slope / np.maximum(np.abs(slope).mean(axis=(1, 2, 3), keepdims=True), 1e-12)
    return np.asarray(total / len(surrogates), np.float32)


def plain_view(shape: tuple[int, int], rng: np.random.Generator) -> Sequence[View]:
    """The picture itself."""
    return (PLAIN,)


def gradient_attack(
    name: str,
    about: str,
    source: str,
    views: ViewsOf,
    *,
    momentum: float = 0.0,
    start: bool = False,
    steps: int = 40,
    runner: Callable[[int, float], Runner] | None = None,
    surrogates: Sequence[str] = DEFAULT,
) -> Attack:
    """An attack that descends through these views. Parameters: ``surrogates`` (names), ``label``, ``wanted`` (a
    picture) or ``reply`` (of a surrogate that writes), ``norm`` and ``size`` of the budget, ``steps``, ``length`` of a
    step (0: 2.5 x size / steps). ``runner(steps, length)``: another loop than :class:`Descent`."""

    def change(attempt: Attempt, rng: random.Random, **given: Any) -> Attempt:
        steps, size = given["steps"], given["size"]
        if not isinstance(steps, int) or not 1 <= steps <= 10_000:
            raise UsageError(f"expected 1 to 10,000 steps, got {steps!r}", hint="use 40")
        budget, wanted = Budget(given["norm"], size), given["wanted"]
        picture = wanted if isinstance(wanted, Image) else None
        goal = goal_of(attempt, name, given["label"], picture, reply_of(attempt, given["reply"]))
        length = given["length"] or 2.5 * size / steps
        descent = Descent(steps, length, momentum, start) if runner is None else runner(steps, length)
        networks, generator = open_surrogates(given["surrogates"]), np.random.default_rng(rng.getrandbits(128))
        problem = Problem(budget, networks, goal, views, generator)

        def moved(picture: Pil.Image) -> Pil.Image:
            data, origin = opened(picture)
            return Pil.fromarray(budget.rounded(descent.run(origin, problem)[0], data))

        return change_pictures(attempt, name, moved)

    defaults = {
        "surrogates": tuple(surrogates),
        "label": "",
        "wanted": None,
        "reply": "",
        "norm": "linf",
        "size": 8,
        "steps": steps,
        "length": 0,
    }
    return Attack(
        name,
        I2T,
        change,
        about,
        kind="picture",
        parameters=defaults,
        access="white",
        source=source,
        cost="steps x views x surrogates gradients",
        constraint="no channel of the saved picture moves by more than size/255 (linf), or its root mean square (l2)",
    )
