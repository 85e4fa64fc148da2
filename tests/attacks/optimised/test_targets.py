"""MMDT's three targets of attacks on pictures (another object, another attribute, another relation): after an attack
the trained surrogate names what the target says, and after noise of the same budget it does not."""

from __future__ import annotations

import random
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image as Pil

from mmdt import plugins
from mmdt.attacks import attack_case
from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal, Surrogate
from tests.attacks.effect.filters import misses_more
from tests.attacks.optimised import drawn_clip
from tests.attacks.optimised.scenes import COLOURS, OPPOSITE, PHRASES, SHAPES, Scene, draw
from tests.tiny import need

need("torch", "transformers", "safetensors")
NUMBER = 14


@pytest.fixture(scope="module")
def surrogate(tmp_path_factory) -> str:
    return f"clip/{drawn_clip.write(tmp_path_factory.mktemp('drawn'))}"


def problems(kind: str, number: int = NUMBER) -> Iterator[tuple[Scene, dict, list[str], int]]:
    """A scene, the target of an attack on it, what might be said of the scene, and which of that the target says."""
    rng = random.Random(f"targets/{kind}")
    for _ in range(number):
        shape, other = rng.sample(SHAPES, 2)
        colour, dye = rng.sample(list(COLOURS), 2)
        if kind == "object":
            said = [f"a {colour} {each}" for each in SHAPES]
            yield Scene(shape, colour), {"origin": shape, "label": other}, said, SHAPES.index(other)
        elif kind == "attribute":
            said = [f"a {each} {shape}" for each in COLOURS]
            target = {"object": shape, "origin": colour, "label": dye}
            yield Scene(shape, colour), target, said, list(COLOURS).index(dye)
        else:
            relation, wanted = rng.sample(list(OPPOSITE), 2)
            said = [f"a {shape} {each} a {other}" for each in PHRASES.values()]
            target = {"objects": [shape, other], "origin": relation, "label": wanted}
            yield Scene(shape, "", relation, other), target, said, list(PHRASES).index(wanted)


def named(network: Surrogate, picture: Pil.Image, said: list[str]) -> int:
    """Which of some descriptions is the likeliest."""
    seen = np.asarray(picture.convert("RGB"), np.float32)[None] / np.float32(255)
    return int(np.argmin([network.losses(seen, Goal(text=each))[0] for each in said]))


@pytest.mark.parametrize("kind", ["object", "attribute", "spatial"])
@pytest.mark.parametrize("method", ["pgd", "m-attack"])
def test_the_surrogate_names_what_the_target_says(kind: str, method: str, surrogate: str) -> None:
    network = plugins.find(plugins.SURROGATES, "clip", "surrogate")(surrogate.removeprefix("clip/"))
    attack = plugins.attack(method).with_parameters(surrogates=(surrogate,), size=8, steps=15)
    kept, moved, by_noise = [], [], []
    for number, (scene, target, said, wanted) in enumerate(problems(kind)):
        picture = draw(scene, random.Random(f"{kind}/{number}"))
        case = Case.make(
            Cell("adversarial", "i2t", "attack", kind), "What is there?", (Image.from_pil(picture),), target
        )
        made = attack_case(case, attack, seed=number).images[0].pil()
        before = np.asarray(picture, int)
        assert np.abs(np.asarray(made.convert("RGB"), int) - before).max() <= 8
        noise = before + np.random.default_rng(number).choice((-8, 8), before.shape)
        kept.append(named(network, picture, said) != wanted)
        moved.append(named(network, made, said) != wanted)
        by_noise.append(named(network, Pil.fromarray(np.clip(noise, 0, 255).astype(np.uint8)), said) != wanted)
    assert np.mean(kept) > 0.8, "the surrogate knows what is there before"
    assert misses_more(by_noise, moved) < 0.01, (sum(by_noise), sum(moved))
