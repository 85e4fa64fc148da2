"""Shrunken rates: how often their intervals hold the truth of categories on average, and what they gain."""

import math

import numpy as np
import pytest

from mmdt.core.estimate import Estimate
from mmdt.stats.intervals.shrunken import SUFFIX, shrunken
from mmdt.stats.intervals.wilson import wilson
from tests.simulation import Simulation, runs

POPULATIONS = {
    "alike": (0.1, 1e5, 12, 12), "a little apart": (0.1, 20, 12, 12), "rare": (0.02, 50, 20, 10),
    "far apart": (0.3, 5, 12, 15), "all or nothing": (0.1, 1, 12, 20), "few": (0.4, 3, 5, 8),
}  # fmt: skip
"""The mean and the sum of the parameters of the beta distribution, the number of categories, and their size."""


def rate(hits, number, **more):
    low, high = wilson(hits, number)
    return Estimate("HGR", hits / number, low, high, number, number, method="Wilson", **more)


def drawn(dice, mean, strength, number, size):
    truth = dice.beta(mean * strength, (1 - mean) * strength, number)
    sizes = np.maximum(dice.poisson(size, number), 1)
    return truth, [rate(int(dice.binomial(n, p)), int(n)) for n, p in zip(sizes, truth, strict=True)]


@pytest.mark.timeout(1800)
@runs(12, 400)
@pytest.mark.parametrize("population", POPULATIONS)
def test_intervals_hold_the_truth_of_categories_on_average(runs, population, monkeypatch, evidence):
    monkeypatch.setattr("mmdt.stats.intervals.shrunken.SIMULATED", 1)
    dice = np.random.default_rng(11)
    held, own, error, own_error, widths, own_widths = [], [], [], [], [], []
    for _ in range(runs):
        truth, raw = drawn(dice, *POPULATIONS[population])
        for p, each, one in zip(truth, raw, shrunken(raw).estimates, strict=True):
            held.append(one.low <= p <= one.high)
            own.append(each.low <= p <= each.high)
            error.append((one.value - p) ** 2)
            own_error.append((each.value - p) ** 2)
            widths.append(one.high - one.low)
            own_widths.append(each.high - each.low)
    found = Simulation(sum(held), len(held), float(np.mean(widths)))
    alone = Simulation(sum(own), len(own), float(np.mean(own_widths)))
    evidence(f"Shrunken rates of categories, {population}", f"{found}; mean error {np.mean(error) ** 0.5:.3f}")
    evidence(
        f"Shrunken rates of categories, {population}: alone", f"{alone}; mean error {np.mean(own_error) ** 0.5:.3f}"
    )
    assert found.holds(), str(found)
    assert np.mean(error) < np.mean(own_error) * (1.05 if population == "all or nothing" else 1.0)


def test_the_coverage_beside_it_is_that_of_categories_like_these():
    dice = np.random.default_rng(4)
    held = []
    for _ in range(40):
        truth, raw = drawn(dice, 0.2, 15, 12, 15)
        found = shrunken(raw)
        held += [one.low <= p <= one.high for p, one in zip(truth, found.estimates, strict=True)]
    assert found.coverage == pytest.approx(np.mean(held), abs=0.03)
    assert found.width < found.width_alone and 0.9 < found.alone < 0.99


def test_like_categories_are_pulled_together_and_unlike_ones_are_not():
    like = shrunken([rate(hits, 12) for hits in (0, 1, 2, 1, 0, 2, 1, 3)]).estimates
    assert max(each.value for each in like) - min(each.value for each in like) < 0.12, "0.25 by themselves"
    unlike = shrunken([rate(hits, 200) for hits in (2, 100, 190, 20, 150)]).estimates
    assert unlike[2].value == pytest.approx(0.95, abs=0.01) and unlike[0].value == pytest.approx(0.01, abs=0.01)
    assert unlike[0].metric == f"HGR{SUFFIX}" and "beta-binomial" in unlike[0].method


def test_too_few_categories_and_categories_without_a_value():
    nothing = Estimate("HGR", math.nan, math.nan, math.nan, 0, 0)
    assert shrunken([rate(1, 10), rate(2, 10), nothing]) is None
    assert shrunken([rate(1, 10), nothing, rate(2, 10), rate(0, 10)]).estimates[1] is None


def test_what_is_missing_could_be_anything():
    known = [rate(1, 12) for _ in range(5)]
    gone = rate(1, 12, missing=6, extra={"if_missing_low": 1 / 18, "if_missing_high": 7 / 18})
    found, whole = shrunken([*known, gone]).estimates[-1], shrunken([*known, rate(1, 12)]).estimates[-1]
    assert found.low <= whole.low and found.high > whole.high
