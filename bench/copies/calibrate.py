"""Chooses thresholds on one set of different drawn pairs; measures error rates on other pairs and on photographs."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from PIL import Image as Pil

from bench.copies.drawn import FAMILIES, Pair, copies, different
from bench.copies.photographs import TEXTURES, halves, ninths
from bench.coverage.exact import exact_interval
from mmdt.evaluators.copies.matching import HASH_BITS, Edges, hash_distance
from mmdt.synthetic.posters.alterations import EVERY
from mmdt.synthetic.posters.alterations import altered as altered_poster
from mmdt.synthetic.posters.poster import collection

ALLOWED = 0.02
"""The greatest share of different pairs of a drawn family that the chosen threshold may call copies."""
COPIES = 25
"""Copies of each kind in each drawn family."""
POSTERS = 400
"""Posters used to measure the detector's errors on the organism's drawings."""

Measure = Callable[[Pil.Image, Pil.Image], float]


@dataclass(frozen=True)
class Rate:
    """The ``share`` of ``pairs`` called copies; its interval, ``low`` to ``high``, counts ``independent`` pairs.

    Pairs that share pictures carry less information than pairs that do not. For any pictures, the mean over all pairs
    of N pictures is at least as precise as the mean over N / 2 pairs without a picture in common (Hoeffding 1963,
    J. American Statistical Association 58, section 5), so N / 2 pairs are counted.
    """

    share: float
    low: float
    high: float
    pairs: int
    independent: float


@dataclass(frozen=True)
class Errors:
    """The basis for correcting the rate of near copies.

    Of ``copies``, the detector called ``found`` copies; of ``others`` (independent pairs of different pictures), it
    called ``cleared`` different.
    """

    copies: int
    found: int
    others: int
    cleared: int


@dataclass(frozen=True)
class CopyCalibration:
    """``errors``: on photographs, and on the organism's drawings."""

    threshold: float
    errors: Mapping[str, Errors]
    false_positives: Mapping[str, Rate]
    found_drawn: Mapping[str, Rate]
    found_photographs: Mapping[str, Rate]


def rate(scores: Sequence[float], threshold: float, independent: float | None = None) -> Rate:
    share = float(np.mean(np.array(scores) >= threshold))
    of = len(scores) if independent is None else min(independent, len(scores))
    return Rate(share, *exact_interval(share * of, of), len(scores), of)


@lru_cache(maxsize=128)
def _edges(picture: bytes, size: tuple[int, int]) -> Edges:
    return Edges.of(Pil.frombytes("RGB", size, picture))


def crops(one: Pil.Image, other: Pil.Image) -> float:
    """``copy_score``, with each picture's edges computed once."""
    return _edges(one.tobytes(), one.size).score(_edges(other.tobytes(), other.size))


def agreement(one: Pil.Image, other: Pil.Image) -> float:
    """Inverted hash distance: a greater value means more similar pictures."""
    return HASH_BITS - min(hash_distance(one, other), HASH_BITS)


def scores_of(measure: Measure, pairs: Iterable[Pair]) -> list[float]:
    return [measure(*pair) for pair in pairs]


def choose(measure: Measure, thresholds: Iterable[float], pairs: int) -> float:
    """The lowest threshold that calls at most ``ALLOWED`` of each drawn family's different pairs copies."""
    chosen = [np.array(scores_of(measure, different(name, pairs, 0))) for name in FAMILIES]
    return next(each for each in thresholds if all(np.mean(found >= each) <= ALLOWED for found in chosen))


def calibrate(
    measure: Measure, thresholds: Iterable[float], pairs: int, photographs: Mapping[str, Pil.Image]
) -> CopyCalibration:
    """Choose a threshold and measure its rates on other pairs; photographs do not influence the threshold."""
    threshold = choose(measure, thresholds, pairs)
    drawn = {name: rate(scores_of(measure, different(name, pairs, 1)), threshold) for name in FAMILIES}
    found = {
        kind: rate([s for name in FAMILIES for s in scores_of(measure, copies(name, kind, COPIES, 2))], threshold)
        for kind in EVERY
    }
    positives, seen = of_photographs(measure, threshold, photographs), altered(measure, threshold, photographs)
    errors = {"photographs": pooled(seen, positives["photographs"]), "posters": of_organism(measure, threshold)}
    return CopyCalibration(threshold, errors, {**positives, **drawn}, found, seen)


def pooled(found: Mapping[str, Rate], false: Rate) -> Errors:
    """Errors over all alterations together, and over the independent pairs."""
    copied = sum(each.pairs for each in found.values())
    right = sum(round(each.share * each.pairs) for each in found.values())
    others = int(false.independent)
    return Errors(copied, right, others, round((1 - false.share) * others))


def of_organism(measure: Measure, threshold: float, number: int = POSTERS) -> Errors:
    """Errors on an altered reproduction and another composition of each of ``number`` posters."""
    rng = random.Random("posters")
    posters = list(collection(77, number))
    copied = [measure(altered_poster(each.picture(), rng), each.picture()) for each in posters]
    others = [measure(each.picture(rng.randrange(1, 1000)), each.picture()) for each in posters]
    found, cleared = (np.array(copied) >= threshold).sum(), (np.array(others) < threshold).sum()
    return Errors(number, int(found), number, int(cleared))


def of_photographs(measure: Measure, threshold: float, photographs: Mapping[str, Pil.Image]) -> dict[str, Rate]:
    """Rates on different photographs, and on parts of one photograph that do not overlap."""
    whole = list(photographs.values())
    textures = [photographs[name] for name in TEXTURES if name in photographs]
    sets: dict[str, tuple[list[Pair], float]] = {
        "photographs": (list(combinations(whole, 2)), len(whole) / 2),
        "halves": ([pair for each in whole for pair in halves(each)], len(whole)),
        "textures": ([pair for each in textures for pair in ninths(each)], len(textures)),
    }
    return {name: rate(scores_of(measure, pairs), threshold, of) for name, (pairs, of) in sets.items() if pairs}


def altered(measure: Measure, threshold: float, photographs: Mapping[str, Pil.Image]) -> dict[str, Rate]:
    """Rates on one copy of each kind of each photograph."""
    rng = random.Random("photographs")
    return {
        kind: rate([measure(alter(each, rng), each) for each in photographs.values()], threshold)
        for kind, alter in EVERY.items()
    }
