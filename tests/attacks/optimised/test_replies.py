"""Pictures that make a small vision-language model of random weights answer as asked: the layouts of the processors of
LLaVA, Gemma, Mistral and Qwen, gradients against finite differences, and the effect against noise."""

from __future__ import annotations

import random
from functools import cache

import numpy as np
import pytest
from scipy.stats import binomtest

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.attacks.pictures.cover import cover
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Surrogate
from mmdt.errors import UsageError
from tests.models import tiny_chat, tiny_others
from tests.tiny import need, write_clip

need("torch", "transformers")
WRITERS = {
    "llava": tiny_chat.write_llava,
    "qwen": tiny_chat.write_qwen,
    "gemma": tiny_chat.write_gemma3,
    "mistral": tiny_others.write_mistral3,
}
REPLY = "Yes, it is a photo of a cat."


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    @cache
    def named(name: str) -> str:
        return f"vlm/{WRITERS[name](tmp_path_factory.mktemp(name))}"

    return named


@cache
def opened(name: str) -> Surrogate:
    return plugins.find(plugins.SURROGATES, "vlm", "surrogate")(name.removeprefix("vlm/"))


def batch(number: int, size: tuple[int, int] = (64, 48)) -> np.ndarray:
    rng = random.Random("pictures for replies")
    shown = [np.asarray(cover(size, rng).convert("RGB"), np.float32)[None] / 255 for _ in range(number)]
    return np.concatenate(shown) * 0.8 + np.float32(0.1)


@pytest.mark.parametrize("name", WRITERS)
@pytest.mark.parametrize("goal", ["reply", "picture"])
def test_gradients_are_those_of_finite_differences(folders, name: str, goal: str) -> None:
    network, pixels, rng = opened(folders(name)), batch(1), np.random.default_rng(3)
    other = Image.from_pil(cover((64, 48), random.Random(8)))
    wanted = Goal(reply=REPLY, question="What is it?") if goal == "reply" else Goal(picture=other)
    losses, slope = network.gradient(pixels, wanted)
    assert np.allclose(losses, network.losses(pixels, wanted), atol=1e-5)
    assert np.abs(slope).max() > 0
    size = float(np.sqrt((slope**2).sum()))
    away = slope / size + 0.2 * rng.standard_normal(pixels.shape).astype(np.float32) / np.sqrt(pixels.size)
    step = 0.004
    up, down = (network.losses(pixels + sign * step * away, wanted)[0] for sign in (1, -1))
    assert (up - down) / (2 * step) == pytest.approx(float((slope * away).sum()), rel=0.06)


@pytest.mark.parametrize("name", ["llava", "qwen"])
def test_a_reply_becomes_likelier_than_noise_makes_it(folders, name: str) -> None:
    network, won = opened(folders(name)), 0
    attack = plugins.attack("image-hijack").with_parameters(surrogates=(folders(name),), reply=REPLY, size=16, steps=12)
    for number, pixels in enumerate(batch(7)):
        picture = Image.from_pil(_picture(pixels))
        case = Case.make(Cell("adversarial", "i2t", "attack", "object"), f"What is thing {number}?", (picture,), {})
        goal = Goal(reply=REPLY, question=case.prompt)
        made = attack_case(case, attack, seed=1).images[0]
        before = np.asarray(picture.pil(), int)
        assert np.abs(np.asarray(made.pil().convert("RGB"), int) - before).max() <= 16
        rng = np.random.default_rng(number)
        noise = [np.clip(before + rng.choice((-16, 16), before.shape), 0, 255) for _ in range(4)]
        by_noise = min(network.losses((np.stack(noise) / 255).astype(np.float32), goal))
        won += network.losses(_pixels(made), goal)[0] < by_noise
    assert binomtest(won, 7, 0.5, alternative="greater").pvalue < 0.01


def test_scores_alone_can_aim_at_a_reply_too(folders) -> None:
    picture = Image.from_pil(_picture(batch(1)[0]))
    target = {"reply": REPLY}
    case = Case.make(Cell("adversarial", "i2t", "attack", "object"), "What is it?", (picture,), target)
    attack = plugins.attack("square").with_parameters(surrogates=(folders("llava"),), queries=60)
    goal, network = Goal(reply=REPLY, question="What is it?"), opened(folders("llava"))
    assert network.losses(_pixels(attack_case(case, attack).images[0]), goal) < network.losses(_pixels(picture), goal)


def test_what_cannot_be_says_why(folders, tmp_path) -> None:
    case = Case.make(
        Cell("adversarial", "i2t", "attack", "object"), "Well?", (Image.from_pil(_picture(batch(1)[0])),), {}
    )
    attack = plugins.attack("image-hijack")
    with pytest.raises(UsageError, match="needs a label"):
        attack_case(case, attack.with_parameters(surrogates=(folders("llava"),)))
    with pytest.raises(UsageError, match="does not write replies"):
        attack_case(case, attack.with_parameters(surrogates=(f"clip/{write_clip(tmp_path / 'clip')}",), reply="Yes"))
    with pytest.raises(UsageError, match="does not read pictures"):
        attack_case(
            case, attack.with_parameters(surrogates=(f"vlm/{tiny_chat.write_llama(tmp_path / 'text')}",), reply="Yes")
        )


def test_a_processor_that_cuts_pictures_in_another_way_is_refused(tmp_path) -> None:
    network = opened(f"vlm/{tiny_others.write_llava_next(tmp_path)}")
    with pytest.raises(UsageError, match="no gradient passes through this processor"):
        network.losses(batch(1, (150, 90)), Goal(reply="Yes"))


def _picture(pixels: np.ndarray):
    from PIL import Image as Pil

    return Pil.fromarray(np.rint(pixels * 255).astype(np.uint8))


def _pixels(image: Image) -> np.ndarray:
    return np.asarray(image.pil().convert("RGB"), np.float32)[None] / 255
