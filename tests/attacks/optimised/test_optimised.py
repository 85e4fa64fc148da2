"""Attacks that optimise pictures: gradients are right, budgets hold on the saved file, and they beat noise of the same
size on a small CLIP that was trained on drawn scenes."""

from __future__ import annotations

import io
import random
from functools import cache

import numpy as np
import pytest
from PIL import Image as Pil
from scipy.stats import binomtest

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.attacks.optimised.goal import PHRASE
from mmdt.attacks.pictures.cover import cover
from mmdt.attacks.queries.nes import estimate
from mmdt.attacks.queries.search import Asked
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Surrogate
from mmdt.errors import UsageError
from tests.attacks.optimised import drawn_clip
from tests.attacks.optimised.scenes import SINGLE, draw
from tests.tiny import need, write_clip

WHITE = ("pgd", "mi-fgsm", "ssa", "m-attack")
GREY = ("square", "simba", "nes", "hop-skip-jump")
NUMBER = 8
"""Scenes of each test of an effect."""


@pytest.fixture(scope="session")
def networks(tmp_path_factory) -> dict[str, str]:
    """The names of small networks."""
    need("torch", "transformers", "safetensors")
    names = {
        "a": drawn_clip.write(tmp_path_factory.mktemp("clip")),
        "random": write_clip(tmp_path_factory.mktemp("any")),
    }
    return {name: f"clip/{folder}" for name, folder in names.items()}


@cache
def opened(name: str) -> Surrogate:
    kind, _, rest = name.partition("/")
    return plugins.find(plugins.SURROGATES, kind, "surrogate")(rest)


@cache
def cases() -> tuple[Case, ...]:
    """Scenes with one shape, and another shape in another colour that the attack wants to be seen."""
    rng, found = random.Random("scenes of the tests"), []
    for _ in range(NUMBER):
        there = rng.choice(SINGLE)
        wanted = rng.choice([each for each in SINGLE if each.shape != there.shape and each.colour != there.colour])
        target = {"origin": there.words, "label": wanted.words}
        picture = Image.from_pil(draw(there, rng))
        found.append(Case.make(Cell("adversarial", "i2t", "attack", "object"), "What is there?", (picture,), target))
    return tuple(found)


@cache
def cases_of_noise() -> tuple[Case, ...]:
    """Coloured noise, for the network with random weights: a trained one withstands what HopSkipJump may do here."""
    rng, things = random.Random("scenes of the tests"), ("cat", "dog", "red cup", "traffic light")
    found = []
    for number in range(NUMBER):
        target = {"origin": things[number % 4], "label": things[(number + 1 + number // 4) % 4]}
        picture = Image.from_pil(cover((64, 64), rng))
        found.append(Case.make(Cell("adversarial", "i2t", "attack", "object"), "What is there?", (picture,), target))
    return tuple(found)


def pixels(case: Case) -> np.ndarray:
    return np.asarray(case.images[0].pil(), np.float32)[None] / 255


def margin(network: Surrogate, case: Case, seen: np.ndarray) -> float:
    """How much nearer the picture is to what is there than to what the attack wants; lower is better for the attack."""
    wanted, there = (Goal(text=PHRASE.format(case.target[each])) for each in ("label", "origin"))
    return float(network.losses(seen, wanted)[0] - network.losses(seen, there)[0])


def noisy(case: Case, size: int, norm: str, seed: int) -> np.ndarray:
    """The picture with noise that uses the whole budget."""
    rng = np.random.default_rng(seed)
    shape = pixels(case).shape
    if norm == "linf":
        return np.clip(pixels(case) + rng.choice((-1, 1), shape) * np.float32(size / 255), 0, 1).astype(np.float32)
    return np.clip(pixels(case) + rng.standard_normal(shape) * size / 255, 0, 1).astype(np.float32)


@pytest.mark.parametrize("goal", ["text", "away", "picture"])
def test_gradients_are_those_of_finite_differences(networks: dict[str, str], goal: str) -> None:
    network = opened(networks["a"])
    wanted = {
        "text": Goal("a red circle"),
        "away": Goal("a red circle", away="a blue square"),
        "picture": Goal(picture=cases()[1].images[0]),
    }[goal]
    rng = np.random.default_rng(4)
    batch = np.concatenate([pixels(case) for case in cases()[:3]]) * 0.8 + 0.1
    losses, slope = network.gradient(batch, wanted)
    assert np.allclose(losses, network.losses(batch, wanted), atol=1e-5)
    for _ in range(4):
        away = rng.standard_normal(batch.shape).astype(np.float32)
        step = 2e-3
        measured = (network.losses(batch + step * away, wanted) - network.losses(batch - step * away, wanted)) / (
            2 * step
        )
        assert np.allclose(measured, (slope * away).sum((1, 2, 3)), rtol=0.05, atol=2e-2)


def attacked(name: str, case: Case, surrogates: list[str], **parameters) -> np.ndarray:
    """The pixels (0 to 255) of the attacked picture as it is saved and read again."""
    attack = plugins.attack(name).with_parameters(surrogates=tuple(surrogates), **parameters)
    data = attack_case(case, attack, seed=1).images[0].read()
    return np.asarray(Pil.open(io.BytesIO(data)).convert("RGB"), int)


FEW = {"pgd": {"steps": 12}, "mi-fgsm": {"steps": 12}, "ssa": {"steps": 6}, "m-attack": {"steps": 20}}


@pytest.mark.parametrize("name", WHITE)
@pytest.mark.parametrize(("norm", "size"), [("linf", 8), ("l2", 4)])
def test_gradients_beat_noise_within_the_budget_of_the_saved_file(networks, name: str, norm: str, size: int) -> None:
    network, won, lost = opened(networks["a"]), 0, 0
    for case in cases():
        found = attacked(name, case, [networks["a"]], norm=norm, size=size, **FEW[name])
        change = found - np.asarray(case.images[0].pil(), int)
        assert (np.abs(change).max() if norm == "linf" else np.sqrt(np.mean(change**2.0))) <= size
        by_attack = margin(network, case, (found[None] / 255).astype(np.float32))
        by_noise = min(margin(network, case, noisy(case, size, norm, seed)) for seed in range(5))
        won, lost = won + (by_attack < by_noise), lost + (by_attack >= by_noise)
    assert binomtest(won, won + lost, 0.5, alternative="greater").pvalue < 0.01


@pytest.mark.parametrize("name", GREY)
def test_queries_beat_noise_within_the_budget_of_the_saved_file(networks, name: str) -> None:
    attack = plugins.attack(name)
    norm, size = attack.parameters["norm"], attack.parameters["size"]
    hops = name == "hop-skip-jump"
    asked = networks["random" if hops else "a"]
    network, won = opened(asked), 0
    for case in cases_of_noise() if hops else cases():
        found = attacked(name, case, [asked], queries=300)
        change = found - np.asarray(case.images[0].pil(), int)
        assert (np.abs(change).max() if norm == "linf" else np.sqrt(np.mean(change**2.0))) <= size
        noise = min(margin(network, case, noisy(case, size, norm, seed)) for seed in range(5))
        won += margin(network, case, (found[None] / 255).astype(np.float32)) < noise
    assert binomtest(won, NUMBER, 0.5, alternative="greater").pvalue < 0.05


def test_a_patch_wins_and_nothing_around_it_moves(networks) -> None:
    area, won = (0.55, 0.55, 1.0, 1.0), 0
    for case in cases()[:5]:
        found = attacked("adversarial-patch", case, [networks["a"]], area=area, steps=40)
        before = np.asarray(case.images[0].pil(), int)
        inside = np.zeros(before.shape[:2], bool)
        inside[35:64, 35:64] = True
        assert np.array_equal(found[~inside], before[~inside])
        rng = np.random.default_rng(1)
        noise = before.copy()
        noise[inside] = rng.integers(0, 256, noise[inside].shape)
        network = opened(networks["a"])
        won += margin(network, case, (found[None] / 255).astype(np.float32)) < margin(
            network, case, (noise[None] / 255).astype(np.float32)
        )
    assert won == 5


def test_an_attack_can_aim_at_a_picture(networks) -> None:
    wanted = Image.from_pil(cover((50, 70), random.Random(9)))
    network, case, goal = opened(networks["a"]), cases()[0], Goal(picture=wanted)
    found = attacked("pgd", case, [networks["a"]], wanted=wanted, size=16, steps=15)
    assert network.losses((found[None] / 255).astype(np.float32), goal)[0] < network.losses(pixels(case), goal)[0]


def test_nes_estimates_the_gradient() -> None:
    rng = np.random.default_rng(2)
    slope = rng.standard_normal((1, 6, 6, 3)).astype(np.float32)
    asked = Asked(lambda batch: (batch * slope).sum((1, 2, 3)).astype(float), 20_000)
    found = estimate(asked, np.zeros_like(slope), 8000, 0.1, rng)
    assert np.corrcoef(found.ravel(), slope.ravel())[0, 1] > 0.98
    assert asked.used == 16_000


def test_the_walk_along_a_border_comes_near() -> None:
    """The border is a plane at a known distance; a walk whose bisection is coarser than its noise stays far away."""
    from mmdt.attacks.queries.hop_skip_jump import walk

    for seed in range(3):
        rng, origin = np.random.default_rng(seed), np.full((1, 16, 16, 3), 0.5, np.float32)
        across = rng.standard_normal(origin.shape).astype(np.float32)
        across /= np.sqrt((across**2).sum())
        asked = Asked(lambda batch, across=across: 0.7 - ((batch - 0.5) * across).sum((1, 2, 3)).astype(float), 1000)
        start = np.clip(origin + 4 * across + rng.standard_normal(origin.shape) * 0.2, 0, 1).astype(np.float32)
        found = walk(origin, start, lambda batch, asked=asked: asked(batch) < 0, asked, rng)
        assert ((found - 0.5) * across).sum() >= 0.7 - 1e-4
        assert np.sqrt(((found - origin) ** 2).sum()) < 1.65 * 0.7


def test_no_search_asks_for_more_than_it_may() -> None:
    from mmdt.attacks.optimised.budget import Budget
    from mmdt.attacks.queries.hop_skip_jump import hop_skip_jump
    from mmdt.attacks.queries.nes import nes
    from mmdt.attacks.queries.simba import simba
    from mmdt.attacks.queries.square import square

    origin = np.full((1, 16, 16, 3), 0.5, np.float32)
    for search in (square, simba, nes, hop_skip_jump):
        for queries in (40, 61, 200):
            asked = Asked(lambda batch: batch.mean((1, 2, 3)).astype(float), queries)
            found = search(origin, asked, Budget("linf", 16), np.random.default_rng(1))
            assert asked.used <= queries
            assert found.mean() <= origin.mean() + 1e-6


def test_the_same_seed_gives_the_same_picture(networks) -> None:
    case = cases()[0]
    for name in ("pgd", "square"):
        fast = {"steps": 3} if name == "pgd" else {"queries": 30}
        first, again = (attacked(name, case, [networks["a"]], **fast) for _ in range(2))
        assert np.array_equal(first, again)


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"surrogates": ()}, "needs a surrogate"),
        ({"surrogates": ("magic/x",)}, "unknown surrogate 'magic': use one of: clip"),
        ({"surrogates": ("clip/no such thing",)}, "no checkpoint"),
        ({"steps": 0}, "expected 1 to 10,000 steps"),
        ({"norm": "l7"}, "use linf or l2"),
        ({"size": 0.5}, "whole number"),
    ],
)
def test_what_cannot_be_says_why(parameters: dict, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        attack_case(cases()[0], plugins.attack("pgd").with_parameters(**parameters))


def test_each_says_what_it_needs() -> None:
    for name in (*WHITE, "adversarial-patch"):
        assert plugins.attack(name).access == "white"
    for name in GREY:
        assert plugins.attack(name).access == "grey"
        assert "needs a surrogate" in plugins.describe(plugins.ATTACKS, name)
