"""Rates of small categories, each pulled towards what the categories have in common (empirical Bayes).

Twelve cases say little about one category, but a dozen categories say how much categories differ. A beta-binomial
model: the rates of the categories come from one beta distribution, the hits of each from its rate. Where categories
hardly differ, a category's own few cases are nearly set aside; where they differ much, they count nearly alone. The
beta's mean has a uniform prior; the shrinkage ``S = M / (M + n)``, with ``M`` the sum of its parameters and ``n`` the
harmonic mean of the sizes, has the density ``2 (1 - S)`` (after the uniform one of Daniels 1999, Canadian Journal of
Statistics 27, which shrinks categories that differ much a little too far). Both are integrated out on a grid, so that
few categories do not pass for certain knowledge of how alike they are.

The intervals hold for categories on average, not for each: one that is unlike all others is pulled too far. How often
they would hold is found by simulation at the very sizes of the categories, and shown beside them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.special import betaincinv, betaln, ndtri
from mmdt.stats.intervals.wilson import LEVEL, Floats
from mmdt.stats.judge_correction import effective_n

FEWEST = 3
"""Categories that say anything about how much categories differ."""
STEPS = 30
"""Points of the grid for each of the two parameters."""
WIDER = 0.015
"""How much more than the level the posterior's quantiles hold: with it, categories of any population that was tried are
held as often as the level says (tests/stats/intervals/test_shrunken.py)."""
SIMULATED = 120
"""Simulated sets of categories behind a coverage."""
SUFFIX = "_shrunken"
METHOD = "beta-binomial over categories"
_SEED = 1999
Likelihood = Callable[[Floats], Floats]
"""From the hits of each category: log likelihoods, points of the grid by categories."""


@dataclass(frozen=True, slots=True)
class Shrunken:
    """The categories' shrunken rates, None for one without a value; and how often such intervals hold the truth of
    categories like these, beside the intervals of each category by itself (``alone``)."""

    estimates: tuple[Estimate | None, ...]
    coverage: float
    alone: float
    width: float
    width_alone: float


def shrunken(estimates: Sequence[Estimate], level: float = LEVEL) -> Shrunken | None:
    """The rates of disjoint categories, of values within [0, 1], shrunken towards each other; None for fewer than three
    categories with a value. Clusters count by the number of independent outputs that they are worth. What is missing
    is taken at both ends: the interval holds the shrunken rates with all of it low and with all of it high."""
    usable = [index for index, each in enumerate(estimates) if _usable(each)]
    if len(usable) < FEWEST:
        return None
    chosen = [estimates[index] for index in usable]
    sizes = np.array([_size(each) for each in chosen])
    value, low, high = (np.array([_end(each, end) for each in chosen]) for end in ("", "low", "high"))
    means, least, most = _fit(value * sizes, sizes, level)
    if (low < value).any() or (high > value).any():
        least = np.minimum(least, _fit(low * sizes, sizes, level)[1])
        most = np.maximum(most, _fit(high * sizes, sizes, level)[2])
    found: list[Estimate | None] = [None] * len(estimates)
    for place, index in enumerate(usable):
        each = estimates[index]
        found[index] = replace(
            each,
            metric=f"{each.metric}{SUFFIX}",
            value=float(means[place]),
            low=float(least[place]),
            high=float(most[place]),
            method=METHOD,
            extra={},
        )
    return Shrunken(tuple(found), *_simulated(tuple(value * sizes), tuple(sizes), level))


def _usable(each: Estimate) -> bool:
    return each.n > 0 and 0 <= each.value <= 1 and not math.isnan(each.high - each.low)


def _size(each: Estimate) -> float:
    """Independent outputs that a category is worth."""
    if each.missing:
        return float(min(each.n, each.clusters) + each.missing)
    found = effective_n(each)
    return float(each.n) if math.isnan(found) else min(found, float(each.n))


def _end(each: Estimate, end: str) -> float:
    return each.extra.get(f"if_missing_{end}", each.value) if end else each.value


def _fit(
    hits: Floats, sizes: Floats, level: float, likelihood: Likelihood | None = None
) -> tuple[Floats, Floats, Floats]:
    """Mean and limits of each category's rate, integrated over the grid."""
    weights, first, second = _posterior(hits, sizes, likelihood)
    ups, downs = hits[None, :] + first[:, None], (sizes - hits)[None, :] + second[:, None]
    whole = ups + downs
    means = weights @ (ups / whole)
    squares = weights @ (ups * (ups + 1) / (whole * (whole + 1)))
    # the mixture of betas has its first two moments matched by one beta, whose quantiles are quick
    variance = np.maximum(squares - means**2, 1e-12)
    strength = np.maximum(means * (1 - means) / variance - 1, 1e-6)
    tails = (1 - level - WIDER) / 2
    low, high = (betaincinv(means * strength, (1 - means) * strength, tail) for tail in (tails, 1 - tails))
    # a category without hits may have no rate at all: the quantile of the posterior is above any number that small
    return means, np.where(hits <= 0, 0.0, low), np.where(hits >= sizes, 1.0, high)


def _posterior(hits: Floats, sizes: Floats, likelihood: Likelihood | None = None) -> tuple[Floats, Floats, Floats]:
    """Of each point of the grid: its weight, and the two parameters of the beta distribution there."""
    middles = (np.arange(STEPS) + 0.5) / STEPS
    # points near the ends are closer together, where rates of safety benchmarks are; their weights make up for it
    centres = np.sin(np.pi / 2 * middles) ** 2
    density = np.sin(np.pi * middles)
    typical = len(sizes) / float((1 / np.maximum(sizes, 1e-9)).sum())
    strengths = typical * middles / (1 - middles)
    first, second = (np.outer(each, strengths).ravel() for each in (centres, 1 - centres))
    likely = _likelihood(hits, sizes, first, second) if likelihood is None else likelihood(hits)
    logs = likely.sum(axis=1) + np.log(np.outer(density, 1 - middles).ravel())
    weights = np.exp(logs - logs.max())
    return weights / weights.sum(), first, second


def _likelihood(hits: Floats, sizes: Floats, first: Floats, second: Floats) -> Floats:
    """Log likelihood of each category at each point of the grid: points by categories."""
    together = betaln(hits[None, :] + first[:, None], (sizes - hits)[None, :] + second[:, None])
    return np.asarray(together - betaln(first, second)[:, None])


def _tabulated(sizes: Floats, first: Floats, second: Floats) -> Likelihood | None:
    """``_likelihood`` of whole hits in categories of these whole sizes, looked up: each is computed once, however many
    sets of categories are drawn. None where that would be more than computing them as they come."""
    unlike, which = np.unique(sizes, return_inverse=True)
    if (unlike + 1).sum() > SIMULATED / 2 * len(sizes):
        return None
    hits = [np.arange(size + 1) for size in unlike]
    starts = np.cumsum([0, *map(len, hits)])[which]
    repeated = np.repeat(unlike, [len(each) for each in hits])
    table = _likelihood(np.concatenate(hits), repeated, first, second)
    return lambda drawn: table[:, starts + drawn.astype(np.intp)]


@lru_cache(maxsize=1_000)
def _simulated(
    in_each: tuple[float, ...], of_each: tuple[float, ...], level: float
) -> tuple[float, float, float, float]:
    """How often the shrunken and the usual interval hold the truth, and how wide they are, over sets of categories of
    these sizes that are drawn from what the data say about their distribution."""
    hits, sizes = np.array(in_each), np.array(of_each)
    dice = np.random.default_rng(_SEED)
    weights, first, second = _posterior(hits, sizes)
    asked = np.maximum(np.rint(sizes), 1).astype(np.int64)
    whole = asked.astype(np.float64)
    likelihood = _tabulated(whole, *_posterior(np.zeros(len(whole)), whole)[1:])
    found: list[NDArray[np.float64]] = []
    for point in dice.choice(len(weights), SIMULATED, p=weights):
        truth = dice.beta(first[point], second[point], len(sizes))
        drawn = dice.binomial(asked, truth).astype(np.float64)
        _, low, high = _fit(drawn, whole, level, likelihood)
        own_low, own_high = _wilson(drawn, whole, level)
        found.append(
            np.array(
                [
                    np.mean((low <= truth) & (truth <= high)),
                    np.mean((own_low <= truth) & (truth <= own_high)),
                    np.mean(high - low),
                    np.mean(own_high - own_low),
                ]
            )
        )
    held, alone, width, width_alone = np.mean(found, axis=0)
    return float(held), float(alone), float(width), float(width_alone)


def _wilson(hits: Floats, sizes: Floats, level: float) -> tuple[Floats, Floats]:
    """Wilson's intervals of many rates at once."""
    z = float(ndtri((1 + level) / 2))
    rates, square = hits / sizes, z * z
    centre = (rates + square / (2 * sizes)) / (1 + square / sizes)
    half = z / (1 + square / sizes) * np.sqrt(rates * (1 - rates) / sizes + square / (4 * sizes**2))
    return np.maximum(centre - half, 0.0), np.minimum(centre + half, 1.0)
