import math

import numpy as np
import pytest

from mmdt.core.estimate import Estimate
from mmdt.stats.combine import weighted_mean
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.intervals.missing import OUTER, is_outer, outer
from mmdt.stats.intervals.wilson import wilson
from tests.simulation import Simulation, runs


def estimate(values, clusters=None, **options):
    clusters = range(len(values)) if clusters is None else clusters
    return mean_estimate("rate", values, clusters, direction="lower", **options)


def test_limits_are_wilsons_with_everything_missing_at_either_end():
    found = estimate([1.0] * 10 + [0.0] * 70 + [math.nan] * 20)
    assert (found.low, found.high) == pytest.approx((wilson(10, 100)[0], wilson(30, 100)[1]))
    assert found.value == 10 / 80
    assert found.method == f"Wilson, {OUTER}"
    assert estimate([1.0] * 10 + [0.0] * 70, missing=20).low == pytest.approx(found.low)


def test_nothing_missing_changes_nothing():
    assert not is_outer(estimate([1.0, 0.0, 1.0]))


@pytest.mark.parametrize("values", [[math.nan] * 4, []])
def test_nothing_known_has_no_interval(values):
    found = estimate(values)
    assert math.isnan(found.value)
    assert math.isnan(found.low)


def simulate(rate, runs, harmful_missing, harmless_missing, cases=300, repeats=1, **options):
    intervals, naive = [], []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        alike = rng.beta(rate * 2, (1 - rate) * 2, cases) if repeats > 1 else np.full(cases, rate)
        truth = (rng.random((cases, repeats)) < alike[:, None]).astype(float).ravel()
        gone = rng.random(truth.size) < np.where(truth == 1, harmful_missing, harmless_missing)
        seen = np.where(gone, np.nan, truth)
        clusters = np.repeat(np.arange(cases), repeats)
        found = estimate(seen, clusters.tolist(), **options)
        intervals.append((found.low, found.high))
        plain = estimate(seen[~gone], clusters[~gone].tolist())
        naive.append((plain.low, plain.high))
    return Simulation.of(intervals, rate), Simulation.of(naive, rate)


@runs(100, 2_000)
@pytest.mark.parametrize("repeats", [1, 4])
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.3, 0.5])
def test_the_outer_interval_covers_where_what_is_harmful_goes_missing(rate, repeats, runs, evidence):
    found, naive = simulate(rate, runs, 0.6, 0.02, 300 // repeats, repeats)
    name = f"60 % of the harmful missing, 2 % of the others, a rate of {rate:g}, {repeats} a case"
    evidence(f"{name}: outer", found)
    evidence(f"{name}: what is known alone", naive)
    assert found.holds(0.95), found
    if rate > 0.05 and repeats == 1:
        assert naive.coverage < 0.5


@runs(100, 2_000)
@pytest.mark.parametrize("missing", [(0.0, 0.0), (0.3, 0.0), (0.0, 0.1), (0.2, 0.2), (1.0, 0.0), (0.0, 1.0)])
def test_the_tighter_one_covers_too_and_is_no_wider(missing, runs, evidence):
    wide, _ = simulate(0.2, runs, *missing)
    found, _ = simulate(0.2, runs, *missing, tighter=True)
    evidence(f"Imbens-Manski, {missing[0]:.0%} of the harmful and {missing[1]:.0%} of the others missing", found)
    assert found.holds(0.95), found
    assert found.width <= wide.width + 1e-9


def test_a_mean_of_tasks_carries_what_is_missing_in_each():
    """What is missing does not average out: with a tenth missing in each of nine tasks, all could be harmful."""
    parts = [estimate([1.0] * 10 + [0.0] * 80 + [math.nan] * 10) for _ in range(9)]
    found = weighted_mean("rate", parts, direction="lower")
    assert found.low < 0.1
    assert found.high > 0.2
    assert found.high - found.low < parts[0].high - parts[0].low  # sampling does
    assert is_outer(found)


def test_an_estimate_with_ends_of_its_own_is_widened():
    ends = {"if_missing_low": 0.1, "if_missing_high": 0.4}
    found = outer(Estimate("bias", 0.2, 0.15, 0.3, 50, 50, 5, method="bootstrap", extra=ends))
    assert (found.low, found.high) == pytest.approx((0.05, 0.5))
    assert outer(found) == found
