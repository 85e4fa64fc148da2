"""Goals of attacks on pictures: what MMDT's targets of objects, attributes and relations say of a picture."""

from __future__ import annotations

import random

import numpy as np
import pytest

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.optimised.cwa import CommonWeakness
from mmdt.attacks.optimised.descent import Problem, plain_view
from mmdt.attacks.optimised.goal import goal_of, reply_of
from mmdt.core.attack import Attempt
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.surrogate import Goal, Losses, Pixels
from tests.attacks.optimised.scenes import Scene, draw


@pytest.mark.parametrize(
    ("target", "towards", "away"),
    [
        ({"origin": "cat", "label": "dog"}, "a photo of dog", "a photo of cat"),
        (
            {"object": "car", "origin": "red", "label": "orange"},
            "a photo of an orange car",
            "a photo of a red car",
        ),
        (
            {"objects": ["cat", "the cup"], "origin": "left", "label": "above"},
            "a photo of a cat above the cup",
            "a photo of a cat to the left of the cup",
        ),
        (
            {"objects": ["cat", "oven"], "origin": "to the left of", "label": "to the right of"},
            "a photo of a cat to the right of an oven",
            "a photo of a cat to the left of an oven",
        ),
        ({"label": "two dogs that run on a beach"}, "two dogs that run on a beach", ""),
        ({"object": "car", "label": "red car"}, "a photo of red car", ""),
    ],
)
def test_a_target_becomes_a_description(target: dict, towards: str, away: str) -> None:
    goal = goal_of(Attempt("i2t", "What is there?", target=target), "pgd", "", None)
    assert (goal.text, goal.away) == (towards, away)


def test_a_reply_needs_no_label_and_keeps_the_question() -> None:
    attempt = Attempt("i2t", "Is it safe?", target={"reply": "Yes, it is."})
    assert goal_of(attempt, "pgd", "", None, reply_of(attempt, "")) == Goal(reply="Yes, it is.", question="Is it safe?")
    assert reply_of(attempt, "No.") == "No."


class Bowl:
    """A surrogate with a known best picture: the mean squared distance to it."""

    def __init__(self, best: float, wall: float) -> None:
        self.name, self.best, self.wall = f"bowl/{best}", np.float32(best), np.float32(wall)

    def losses(self, pixels: Pixels, goal: Goal) -> Losses:
        return np.asarray(self.wall * ((pixels - self.best) ** 2).sum((1, 2, 3)), np.float64)

    def gradient(self, pixels: Pixels, goal: Goal) -> tuple[Losses, Pixels]:
        return self.losses(pixels, goal), 2 * self.wall * (pixels - self.best)


def test_cwa_goes_to_what_the_networks_share_whatever_their_scales() -> None:
    """The best of one network lies at 0.5, that of the other at 0.56, and their losses differ a thousandfold."""
    origin = np.full((1, 6, 6, 3), 0.4, np.float32)
    networks = (Bowl(0.5, 1.0), Bowl(0.56, 1000.0))
    problem = Problem(Budget("linf", 60), networks, Goal(text="x"), plain_view, np.random.default_rng(1))
    found = CommonWeakness(40, 2.0).run(origin, problem)
    assert 0.48 < found.mean() < 0.58


def test_the_registered_cwa_keeps_its_budget() -> None:
    plugins.register(plugins.SURROGATES, "bowl", lambda rest: Bowl(float(rest), 1.0))
    try:
        from mmdt.core.image import Image

        picture = Image.from_pil(draw(Scene("circle", "red"), random.Random(1)))
        case = Case.make(Cell("adversarial", "i2t", "attack", "object"), "Well?", (picture,), {"label": "dog"})
        attack = plugins.attack("cwa").with_parameters(surrogates=("bowl/0.2", "bowl/0.3"), size=6, steps=8)
        made = np.asarray(attack_case(case, attack).images[0].pil().convert("RGB"), int)
        before = np.asarray(picture.pil().convert("RGB"), int)
        assert 0 < np.abs(made - before).max() <= 6
        assert np.abs(made / 255 - 0.25).mean() < np.abs(before / 255 - 0.25).mean()
    finally:
        plugins.registry._registered.pop((plugins.SURROGATES, "bowl"), None)
