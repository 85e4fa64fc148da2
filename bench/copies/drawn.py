"""Any number of drawn pairs: posters (half of the pairs share their caption), worlds, landscapes with the same layout,
and clouds (1/f noise, as in photographs)."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from itertools import pairwise

import numpy as np
from PIL import Image as Pil

from mmdt.synthetic.organisms.scenery import landscape
from mmdt.synthetic.posters.alterations import EVERY
from mmdt.synthetic.posters.poster import collection
from mmdt.synthetic.worlds.arrangement import UnplacedThing, arrange
from mmdt.synthetic.worlds.difficulty import DEFAULT
from mmdt.synthetic.worlds.language.vocabulary import COLOR_NAMES, KINDS
from mmdt.synthetic.worlds.render import render

Pair = tuple[Pil.Image, Pil.Image]


def posters(rng: random.Random, count: int) -> list[Pair]:
    found = list(collection(rng.randrange(2**32), count + 1))
    return [
        (one.picture(), one.picture(1) if place % 2 else other.picture())
        for place, (one, other) in enumerate(pairwise(found))
    ]


def of_two(draw: Callable[[random.Random], Pil.Image]) -> Callable[[random.Random, int], list[Pair]]:
    return lambda rng, count: [(draw(rng), draw(rng)) for _ in range(count)]


def world(rng: random.Random) -> Pil.Image:
    what = [UnplacedThing(kind, rng.choice(COLOR_NAMES)) for kind in rng.sample(KINDS, rng.randint(2, 4))]
    return render(arrange(rng, what, DEFAULT))


def cloud(rng: random.Random) -> Pil.Image:
    noise = np.random.default_rng(rng.randrange(2**32)).normal(size=(3, 256, 256))
    frequency = np.hypot(*np.meshgrid(np.fft.fftfreq(256), np.fft.fftfreq(256)))
    frequency[0, 0] = 1.0
    levels = np.fft.ifft2(np.fft.fft2(noise) / frequency ** rng.uniform(0.8, 1.3)).real
    levels = (levels - levels.mean()) / levels.std() * 50 + 128
    return Pil.fromarray(np.moveaxis(levels, 0, -1).clip(0, 255).astype(np.uint8))


FAMILIES: dict[str, Callable[[random.Random, int], list[Pair]]] = {
    "posters": posters,
    "worlds": of_two(world),
    "landscapes": of_two(landscape),
    "clouds": of_two(cloud),
}


def copies(family: str, kind: str, count: int, seed: int) -> Iterator[Pair]:
    """(copy, original)"""
    rng = random.Random(f"{seed} {family} {kind}")
    for original, _ in FAMILIES[family](rng, count):
        yield EVERY[kind](original, rng), original


def different(family: str, count: int, seed: int) -> list[Pair]:
    return FAMILIES[family](random.Random(f"{seed} {family}"), count)
