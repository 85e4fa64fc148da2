"""Outputs with planted truth, a judge with planted errors, and labels of some of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mmdt.stats.intervals.wilson import Floats
from mmdt.stats.people.sample import allocation


@dataclass(frozen=True)
class World:
    """Cases are alike in ``alike`` (the correlation of two outputs of one case)."""

    rate: float
    sensitivity: float = 0.9
    specificity: float = 0.95
    cases: int = 1_000
    repeats: int = 1
    alike: float = 0.0

    def outputs(self, rng: np.random.Generator) -> tuple[Floats, Floats, list[int]]:
        """(truth, judge's verdict, case) of each output."""
        share = np.full(self.cases, self.rate)
        if self.alike:
            weight = 1 / self.alike - 1
            share = rng.beta(self.rate * weight, (1 - self.rate) * weight, self.cases)
        truth = (rng.random((self.cases, self.repeats)) < share[:, None]).astype(float).ravel()
        said = rng.random(truth.size) < np.where(truth == 1, self.sensitivity, 1 - self.specificity)
        return truth, said.astype(float), np.repeat(np.arange(self.cases), self.repeats).tolist()


def labelled(truth: Floats, judged: Floats, labels: int, rng: np.random.Generator) -> Floats:
    """The truth of the outputs that the design chooses, NaN elsewhere."""
    found = np.full(truth.size, np.nan)
    sizes = {True: int(judged.sum()), False: int((1 - judged).sum())}
    for verdict, count in allocation(sizes, labels).items():
        chosen = rng.permutation(np.flatnonzero(judged == float(bool(verdict))))[:count]
        found[chosen] = truth[chosen]
    return found
