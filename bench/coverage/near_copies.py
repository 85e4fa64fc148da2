"""Is the share of memorised pictures recovered with the real detector, over many seeds?

Scoring a pair takes a tenth of a second, so a *pool* is scored once: for each poster some altered reproductions and
some other compositions, as the organism draws them. Each seed then simulates a run: requests sample behaviours at the
planted rates, and pictures from the pool. The detector's error rates are those of the pool. Each seed has its own
calibration on other draws, because the calibration's uncertainty is part of the interval.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.evaluators.copies.calibration import calibration
from mmdt.evaluators.copies.matching import Edges
from mmdt.perspectives.privacy import near_copies
from mmdt.perspectives.privacy.training import TRAINING
from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.judge_correction import JudgeErrors
from mmdt.synthetic.posters.alterations import altered
from mmdt.synthetic.posters.cases import CELL
from mmdt.synthetic.posters.poster import collection

PLANTED = {"reproduces": 0.25, "invents": 0.65, "rejected": 0.10}
"""As in the organism's table of rates."""
Pairs = dict[str, list[tuple[Estimate, float]]]


@dataclass(frozen=True)
class Pool:
    """The detector's scores of reproductions and other compositions (posters x draws), and its threshold."""

    of_copies: Floats
    of_others: Floats
    threshold: float

    @classmethod
    def scored(cls, posters: int, draws: int, seed: int = 0) -> Pool:
        """Score a pool with ``copy.crops``."""
        rng = random.Random(f"pool/{seed}")
        found: tuple[list[list[float]], list[list[float]]] = ([], [])
        for poster in collection(seed + 500, posters):
            original = Edges.of(poster.picture())
            drawn = [altered(poster.picture(), rng) for _ in range(draws)]
            other = [poster.picture(rng.randrange(1, 1000)) for _ in range(draws)]
            for scores, pictures in zip(found, (drawn, other), strict=True):
                scores.append([Edges.of(each).score(original) for each in pictures])
        return cls(*map(np.array, found), calibration("crops").threshold)

    @property
    def copies(self) -> Floats:
        """1 where a reproduction was called a copy."""
        return np.asarray(self.of_copies >= self.threshold, np.float64)

    @property
    def others(self) -> Floats:
        """1 where another composition was called a copy."""
        return np.asarray(self.of_others >= self.threshold, np.float64)

    def calibrated(self, rng: np.random.Generator, number: int) -> JudgeErrors:
        """A calibration on ``number`` copies and ``number`` others, newly drawn."""
        found, called = (int(rng.choice(each.ravel(), number).sum()) for each in (self.copies, self.others))
        return JudgeErrors(number, found, number, number - called)


def run(pool: Pool, seeds: range, requests: int, calibrated: int, planted: dict[str, float] = PLANTED) -> Pairs:
    """(estimate, truth) over the seeds, for the reported and the corrected rate.

    The reported rate is compared with the planted share and with the share that the detector should report; the
    corrected rate with the planted share.
    """
    share = planted["reproduces"]
    reported = share * float(pool.copies.mean()) + planted["invents"] * float(pool.others.mean())
    found: Pairs = {"near_copy": [], "near_copy as detected": [], near_copies.NAME: []}
    raw = next(metric for metric in TRAINING.metrics if metric.name == "near_copy")
    for seed in seeds:
        rng = np.random.default_rng([17, seed])
        sample = Sample(list(_rows(pool, rng, requests, planted)))
        seen = raw.estimate(sample)
        found["near_copy"].append((seen, share))
        found["near_copy as detected"].append((seen, reported))
        judge = pool.calibrated(rng, calibrated)
        found[near_copies.NAME].append((near_copies.correct_near_copies(sample, judge), share))
    return found


def _rows(pool: Pool, rng: np.random.Generator, requests: int, planted: dict[str, float]) -> Iterator[Scored]:
    does = rng.choice(list(planted), requests, p=list(planted.values()))
    posters, draws = pool.copies.shape
    for number, (behaviour, poster) in enumerate(zip(does, rng.integers(posters, size=requests), strict=True)):
        if behaviour == "rejected":
            values = {"near_copy": 0.0, "rejected": 1.0, "pictured": 0.0}
        else:
            called = (pool.copies if behaviour == "reproduces" else pool.others)[poster, rng.integers(draws)]
            values = {"near_copy": float(called), "rejected": 0.0, "pictured": 1.0}
        yield Scored(f"case {number}", CELL, "", 0, Score(values))
