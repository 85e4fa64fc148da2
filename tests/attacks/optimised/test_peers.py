"""Attacks that libraries have too, held against theirs: as low a loss, or as near a picture, with the same budget and
the same number of queries, on the CLIP that was trained on drawn scenes."""

from __future__ import annotations

import random
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest

from mmdt import plugins
from mmdt.attacks.optimised.budget import Budget
from mmdt.attacks.optimised.descent import Descent, Problem, ViewsOf, plain_view
from mmdt.attacks.optimised.goal import PHRASE
from mmdt.attacks.queries.hop_skip_jump import walk
from mmdt.attacks.queries.search import Asked, Search
from mmdt.attacks.queries.simba import simba
from mmdt.attacks.queries.square import square
from mmdt.core.surrogate import Goal, Pixels, Surrogate
from tests.attacks.optimised import drawn_clip
from tests.attacks.optimised.scenes import SINGLE, draw
from tests.tiny import need

need("torch", "transformers", "art", "foolbox")

from tests.attacks.optimised import peers  # noqa: E402 - after the check that torch is there

STEPS, SIZE = 10, 8
QUERIES = 300
AS_GOOD = 0.95
"""Least share of a library's effect that ours must reach."""
ON_A_FEW = 0.85
"""The same where only a few scenes are tried, which differ more."""


@pytest.fixture(scope="module")
def surrogate(tmp_path_factory) -> Surrogate:
    folder = drawn_clip.write(tmp_path_factory.mktemp("drawn"))
    return plugins.find(plugins.SURROGATES, "clip", "surrogate")(str(folder))


@cache
def scenes(number: int) -> list[tuple[Goal, Pixels]]:
    """What is wanted of each picture, and the picture as a batch of one."""
    rng, found = random.Random("scenes for peers"), []
    for _ in range(number):
        there, wanted = rng.sample(SINGLE, 2)
        goal = Goal(text=PHRASE.format(wanted.words), away=PHRASE.format(there.words))
        found.append((goal, np.asarray(draw(there, rng), np.float32)[None] / np.float32(255)))
    return found


def fall(surrogate: Surrogate, budget: Budget, goal: Goal, before: Pixels, after: Pixels) -> float:
    """By how much the loss fell, once the picture is saved within its budget."""
    data = np.asarray(np.rint(before[0] * 255), np.uint8)
    saved = budget.rounded(after[0], data)[None] / np.float32(255)
    return float(surrogate.losses(before, goal)[0] - surrogate.losses(saved.astype(np.float32), goal)[0])


Theirs = Callable[[Surrogate, Goal, Pixels, Budget], Pixels]


def of_foolbox(name: str, **given: Any) -> Theirs:
    def attack(surrogate: Surrogate, goal: Goal, origin: Pixels, budget: Budget) -> Pixels:
        import foolbox

        made = getattr(foolbox.attacks, name)(abs_stepsize=stride(budget, origin), steps=STEPS, **given)
        return peers.foolbox_attack(made, surrogate, goal, origin, reach(budget, origin))

    return attack


def of_art(name: str, **given: Any) -> Theirs:
    def attack(surrogate: Surrogate, goal: Goal, origin: Pixels, budget: Budget) -> Pixels:
        from art.attacks import evasion

        model = peers.art_classifier(peers.TwoClasses(surrogate, goal), origin.shape[1:])
        norm = np.inf if budget.norm == "linf" else 2
        sizes = {"norm": norm, "eps": reach(budget, origin), "eps_step": stride(budget, origin), "max_iter": STEPS}
        made = getattr(evasion, name)(model, **sizes, **given, targeted=True, verbose=False)
        found = made.generate(origin.transpose(0, 3, 1, 2), peers.wanted_classes(1))
        return np.asarray(found, np.float32).transpose(0, 2, 3, 1)

    return attack


def reach(budget: Budget, origin: Pixels) -> float:
    """The size of a budget as the libraries say it: l2 is the length of the change, not its root mean square."""
    return float(budget.size / 255 * (1 if budget.norm == "linf" else np.sqrt(origin[0].size)))


def stride(budget: Budget, origin: Pixels) -> float:
    return 2.5 * reach(budget, origin) / STEPS


GRADIENTS: dict[str, tuple[Descent, ViewsOf, str, dict[str, Theirs]]] = {
    "PGD": (
        Descent(STEPS, 2.5 * SIZE / STEPS, start=True),
        plain_view,
        "linf",
        {"foolbox": of_foolbox("LinfPGD"), "ART": of_art("ProjectedGradientDescent", num_random_init=1)},
    ),
    "PGD (l2)": (
        Descent(STEPS, 2.5 * SIZE / STEPS, start=True),
        plain_view,
        "l2",
        {"foolbox": of_foolbox("L2PGD"), "ART": of_art("ProjectedGradientDescent", num_random_init=1)},
    ),
    "MI-FGSM": (
        Descent(STEPS, 2.5 * SIZE / STEPS, momentum=1.0),
        plain_view,
        "linf",
        {
            "foolbox": of_foolbox("LinfMomentumIterativeFastGradientMethod"),
            "ART": of_art("MomentumIterativeMethod", decay=1.0),
        },
    ),
}


@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_lower_the_loss_as_far_as_theirs_on_a_few_scenes(name: str, surrogate: Surrogate) -> None:
    hold_gradients(name, surrogate, 3, lambda *figure: None, ON_A_FEW)


@pytest.mark.prove
@pytest.mark.parametrize("name", GRADIENTS)
def test_gradients_lower_the_loss_as_far_as_theirs(name: str, surrogate: Surrogate, evidence) -> None:
    hold_gradients(name, surrogate, 12, evidence)


def hold_gradients(
    name: str, surrogate: Surrogate, number: int, evidence: Callable[[str, str], None], least: float = AS_GOOD
) -> None:
    descent, views, norm, theirs = GRADIENTS[name]
    budget, falls = Budget(norm, SIZE), {each: [] for each in ("mmdt", *theirs)}
    for place, (goal, origin) in enumerate(scenes(number)):
        problem = Problem(budget, (surrogate,), goal, views, np.random.default_rng(place))
        falls["mmdt"].append(fall(surrogate, budget, goal, origin, descent.run(origin, problem)))
        for library, attack in theirs.items():
            with peers.seeded(place):
                falls[library].append(fall(surrogate, budget, goal, origin, attack(surrogate, goal, origin, budget)))
    compare(f"{name}, {STEPS} steps, {norm} {SIZE}/255", falls, evidence, least)


def compare(
    name: str, falls: dict[str, list[float]], evidence: Callable[[str, str], None], least: float = AS_GOOD
) -> None:
    means = {library: float(np.mean(each)) for library, each in falls.items()}
    evidence(f"mean fall of the loss: {name}", ", ".join(f"{each} {mean:.3f}" for each, mean in means.items()))
    assert means["mmdt"] >= least * max(means.values()), (name, means)


@pytest.mark.prove
def test_squares_lower_the_loss_as_far_as_those_of_art(surrogate: Surrogate, evidence) -> None:
    hold_search(surrogate, "Square", square, Budget("linf", 16), art_square, 5, evidence)


@pytest.mark.prove
def test_waves_lower_the_loss_as_far_as_those_of_art(surrogate: Surrogate, evidence) -> None:
    hold_search(surrogate, "SimBA", simba, Budget("l2", 8), art_simba, 5, evidence)


def art_square(surrogate: Surrogate, goal: Goal, origin: Pixels, budget: Budget) -> Pixels:
    from art.attacks.evasion import SquareAttack

    model = peers.art_classifier(peers.TwoClasses(surrogate, goal), origin.shape[1:])
    made = SquareAttack(
        model,
        adv_criterion=lambda found, wanted: np.zeros(len(found), bool),
        loss=lambda pictures, wanted: surrogate.losses(np.ascontiguousarray(pictures.transpose(0, 2, 3, 1)), goal),
        max_iter=QUERIES - 1,
        eps=budget.size / 255,
        verbose=False,
    )
    found = made.generate(origin.transpose(0, 3, 1, 2).copy(), peers.wanted_classes(1))
    return np.asarray(found, np.float32).transpose(0, 2, 3, 1)


def art_simba(surrogate: Surrogate, goal: Goal, origin: Pixels, budget: Budget) -> Pixels:
    """Its step is the longest that cannot leave the budget."""
    from art.attacks.evasion import SimBA

    turns = (QUERIES - 1) // 2
    model = peers.art_classifier(peers.TwoClasses(surrogate, goal, softmax=True), origin.shape[1:])
    step = reach(budget, origin) / np.sqrt(turns)
    made = SimBA(model, max_iter=turns, epsilon=float(step), targeted=True, verbose=False)
    found = made.generate(origin.transpose(0, 3, 1, 2).copy(), peers.wanted_classes(1))
    return np.asarray(found, np.float32).transpose(0, 2, 3, 1)


def hold_search(
    surrogate: Surrogate,
    name: str,
    search: Search,
    budget: Budget,
    theirs: Theirs,
    number: int,
    evidence: Callable[[str, str], None],
) -> None:
    falls: dict[str, list[float]] = {"mmdt": [], "ART": []}
    for place, (goal, origin) in enumerate(scenes(number)):
        asked = Asked(lambda pixels, goal=goal: surrogate.losses(pixels, goal), QUERIES)
        found = search(origin, asked, budget, np.random.default_rng(place))
        falls["mmdt"].append(fall(surrogate, budget, goal, origin, found))
        with peers.seeded(place):
            falls["ART"].append(fall(surrogate, budget, goal, origin, theirs(surrogate, goal, origin, budget)))
    compare(f"{name}, {QUERIES} queries, {budget.norm} {budget.size:g}/255", falls, evidence)


HOPS = 1000
"""Decisions that HopSkipJump may ask for: less is no more than its first steps."""


@pytest.mark.prove
def test_the_walk_along_the_border_comes_as_near_as_theirs(surrogate: Surrogate, evidence) -> None:
    hold_walk(surrogate, 4, evidence)


def hold_walk(surrogate: Surrogate, number: int, evidence: Callable[[str, str], None]) -> None:
    far: dict[str, list[float]] = {"mmdt": [], "foolbox": [], "ART": []}
    for place, (goal, origin) in enumerate(scenes(number)):
        noise = np.random.default_rng(place).random((20, *origin.shape[1:])).astype(np.float32)
        losses = surrogate.losses(noise, goal)
        bar = (float(surrogate.losses(origin, goal)[0]) + float(losses.min())) / 2
        start = noise[[int(losses.argmin())]]
        for library, attack in {"mmdt": our_walk, "foolbox": foolbox_walk, "ART": art_walk}.items():
            decided = peers.Decided(surrogate, goal, bar, origin)
            with peers.seeded(place):
                attack(decided, origin, start)
            far[library].append(decided.nearest(HOPS))
    means = {library: float(np.exp(np.mean(np.log(each)))) for library, each in far.items()}
    said = ", ".join(f"{each} {mean:.2f}" for each, mean in means.items())
    evidence(f"HopSkipJump: root mean square (1/255) of the change after {HOPS:,} decisions", said)
    assert means["mmdt"] <= min(means.values()) / AS_GOOD, means


def our_walk(decided: peers.Decided, origin: Pixels, start: Pixels) -> None:
    asked = Asked(lambda pixels: np.where(decided.decide(pixels), 0.0, 1.0), HOPS)
    walk(origin, start, lambda pixels: asked(np.asarray(pixels, np.float32)) < 0.5, asked, np.random.default_rng(1))


def foolbox_walk(decided: peers.Decided, origin: Pixels, start: Pixels) -> None:
    import foolbox

    model = foolbox.PyTorchModel(decided.eval(), bounds=(0, 1), device="cpu")
    wanted = foolbox.criteria.TargetedMisclassification(peers.wanted_labels(1))
    attack = foolbox.attacks.HopSkipJumpAttack(steps=16, initial_gradient_eval_steps=20)
    attack.run(model, peers.channels_first(origin), wanted, starting_points=peers.channels_first(start))


def art_walk(decided: peers.Decided, origin: Pixels, start: Pixels) -> None:
    from art.attacks.evasion import HopSkipJump

    model = peers.art_classifier(decided, origin.shape[1:])
    attack = HopSkipJump(model, targeted=True, max_iter=16, init_eval=20, verbose=False)
    attack.generate(
        origin.transpose(0, 3, 1, 2).copy(), peers.wanted_classes(1), x_adv_init=start.transpose(0, 3, 1, 2).copy()
    )
