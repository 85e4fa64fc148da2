"""Calibrates the near-copy decisions: thresholds from one half of the non-matching pairs, error rates from the other.

    python -m benchmarks.copies [PAIRS]

writes ``mmdt/evaluators/copy_calibration.toml``. Pairs are drawn from four seeded families of pictures: posters (half
of the pairs share their caption), worlds, landscapes that share their layout, and clouds (1/f noise, as photographs
have it). The threshold is the least strict one that calls at most two pairs in a hundred of each family copies.
"""

from __future__ import annotations

import io
import random
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from PIL import Image as Pil

from mmdt.data.training.alterations import ALTERATIONS
from mmdt.data.training.poster import collection
from mmdt.data.worlds.difficulty import DEFAULT
from mmdt.data.worlds.place import What, arrange
from mmdt.data.worlds.render import render
from mmdt.data.worlds.vocabulary import COLOR_NAMES, KINDS
from mmdt.evaluators.copies import HASH_BITS, copy_score, hash_distance
from mmdt.models.organism.scenery import landscape

TABLE = Path(__file__).parent.parent / "mmdt" / "evaluators" / "copy_calibration.toml"
ALLOWED = 0.02
"""Share of non-matching pairs of a family that the threshold may let through, where it is chosen."""
COPIES = 10
"""Copies of each kind in each family."""

Pair = tuple[Pil.Image, Pil.Image]
Rates = dict[str, float]
Measure = Callable[[Pil.Image, Pil.Image], float]


def posters(rng: random.Random, count: int) -> list[Pair]:
    found = list(collection(rng.randrange(2**32), count + 1))
    return [
        (one.picture(), one.picture(1) if place % 2 else other.picture())
        for place, (one, other) in enumerate(pairwise(found))
    ]


def of_two(draw: Callable[[random.Random], Pil.Image]) -> Callable[[random.Random, int], list[Pair]]:
    return lambda rng, count: [(draw(rng), draw(rng)) for _ in range(count)]


def world(rng: random.Random) -> Pil.Image:
    what = [What(kind, rng.choice(COLOR_NAMES)) for kind in rng.sample(KINDS, rng.randint(2, 4))]
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


def compressed(picture: Pil.Image, rng: random.Random) -> Pil.Image:
    data = io.BytesIO()
    picture.save(data, "JPEG", quality=rng.randint(25, 75))
    return Pil.open(io.BytesIO(data.getvalue())).convert("RGB")


KINDS_OF_COPIES = {**ALTERATIONS, "jpeg": compressed}


def copies(family: str, kind: str, count: int, seed: int) -> Iterator[Pair]:
    """(copy, original)"""
    rng = random.Random(f"{seed} {family} {kind}")
    for original, _ in FAMILIES[family](rng, count):
        yield KINDS_OF_COPIES[kind](original, rng), original


def different(family: str, count: int, seed: int) -> list[Pair]:
    return FAMILIES[family](random.Random(f"{seed} {family}"), count)


def agreement(one: Pil.Image, other: Pil.Image) -> float:
    """Hash distance turned round, so that more is more alike."""
    return HASH_BITS - min(hash_distance(one, other), HASH_BITS)


def calibrate(measure: Measure, thresholds: list[float], pairs: int) -> tuple[float, Rates, Rates]:
    """(threshold, family -> false-positive rate, kind of copy -> share found), the rates on pairs of their own."""
    chosen = {name: [measure(*pair) for pair in different(name, pairs, 0)] for name in FAMILIES}
    threshold = next(
        each for each in thresholds if all(np.mean(np.array(found) >= each) <= ALLOWED for found in chosen.values())
    )
    false = {name: share_found(different(name, pairs, 1), measure, threshold) for name in FAMILIES}
    true = {
        kind: share_found([pair for name in FAMILIES for pair in copies(name, kind, COPIES, 2)], measure, threshold)
        for kind in KINDS_OF_COPIES
    }
    return threshold, false, true


def share_found(pairs: list[Pair], measure: Measure, threshold: float) -> float:
    return float(np.mean([measure(*pair) >= threshold for pair in pairs]))


def table(name: str, threshold: float, pairs: int, false: dict[str, float], true: dict[str, float]) -> str:
    lines = [f"[{name}]", f"threshold = {threshold:g}", f"pairs = {pairs * len(FAMILIES)}"]
    lines.append(f"false_positive_rate = {np.mean(list(false.values())):.4f}")
    lines.append(f"copies_of_each_kind = {COPIES * len(FAMILIES)}")
    for title, rates in (("false_positives", false), ("found", true)):
        lines += ["", f"[{name}.{title}]", *(f"{each} = {rate:.4f}" for each, rate in rates.items())]
    return "\n".join(lines) + "\n"


def main(pairs: int) -> None:
    crops = calibrate(copy_score, [share / 100 for share in range(50, 100, 2)], pairs)
    hashes = calibrate(agreement, [float(bits) for bits in range(40, HASH_BITS + 1, 2)], pairs)
    hashes = (HASH_BITS - hashes[0], *hashes[1:])
    head = "# Near-copy decisions, by `python -m benchmarks.copies`: error rates on pairs that chose no threshold.\n"
    parts = [table(name, found[0], pairs, *found[1:]) for name, found in (("crops", crops), ("phash", hashes))]
    TABLE.write_text("\n".join([head, *parts]), encoding="utf-8")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 75)
