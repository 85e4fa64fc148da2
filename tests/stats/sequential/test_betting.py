"""Limits that hold at any time, against an oracle that bets on a grid of means in plain loops, and by simulation."""

import math

import numpy as np
import pytest

from mmdt.stats.coverage import coverage_p_value
from mmdt.stats.sequential.betting import (
    MOST_OF_THE_CAPITAL,
    Seen,
    limits,
    lower_limit,
    rejected_from_above,
    rejected_from_below,
)
from tests.simulation import LEVEL, Simulation, runs

pytestmark = pytest.mark.timeout(1800)
ALPHA = 0.05
GRID = 200


def independent(values, sizes=None):
    sizes = np.ones(len(values)) if sizes is None else np.asarray(sizes, float)
    return Seen(np.asarray(values, float), sizes, float(sizes.max()))


def drawn(values, population):
    """The first of a finite population, in random order, one value a cluster."""
    return Seen(np.asarray(values, float), np.ones(len(values)), 1.0, population, float(population - len(values)))


def slow_variances(values, shares):
    """Of the clusters before each, as in equation 26 of Waudby-Smith and Ramdas, around the mean of ratios."""
    found, total, held, squares = [], 0.5, 1.0, 0.25
    for place, (value, share) in enumerate(zip(values, shares, strict=True), 1):
        found.append(squares / place)
        total, held = total + value, held + share
        squares += (value - total / held * share) ** 2
    return found


def slow_lower_limit(seen):
    """The greatest mean of a grid at which the capital of bets on more ever reaches 2 / alpha."""
    values, shares = seen.sums / seen.largest, seen.sizes / seen.largest
    variances, rejected = slow_variances(values, shares), 0.0
    parts = [1 / (place + 1) for place in range(8)]
    parts = [each / sum(parts) for each in parts]
    for mean in (each / GRID for each in range(GRID + 1)):
        capitals, gone, brought = list(parts), 0, 0.0
        for value, share, variance in zip(values, shares, variances, strict=True):
            expected = -brought / (seen.population - gone) if seen.population else 0.0
            least = -mean - expected  # what the cluster brings at worst, from what is expected of it
            for place, part in enumerate(parts):
                stake = math.sqrt(2 * math.log(2 / ALPHA / part) / (variance * 16 * 4**place))
                most = MOST_OF_THE_CAPITAL / -least if least < 0 else math.inf
                capitals[place] *= 1 + min(stake, most) * (value - mean * share - expected)
            gone, brought = gone + 1, brought + value - mean * share
            if least > 1e-12 or sum(capitals) >= 2 / ALPHA:
                rejected = mean
                break
    return rejected


@pytest.mark.parametrize("rate", [0.03, 0.3, 0.9])
@pytest.mark.parametrize("kind", ["independent", "clusters", "finite", "finite clusters"])
def test_limits_are_those_of_a_slow_inversion_on_a_grid(kind, rate):
    dice = np.random.default_rng(round(rate * 100))
    sizes = dice.integers(1, 5, 120).astype(float) if "clusters" in kind else np.ones(120)
    sums = dice.binomial(sizes.astype(int), rate).astype(float)
    largest = float(sizes.max())
    population, rest = (150, 4.0 * 30) if "finite" in kind else (None, 0.0)
    for number in (1, 7, 60):
        seen = Seen(sums[:number], sizes[:number], largest, population, rest)
        low, high = limits(seen)
        certain = sums[:number].sum() / (sizes[:number].sum() + rest) if population else 0.0
        slow, slow_mirrored = slow_lower_limit(seen), slow_lower_limit(seen.mirrored)
        assert max(slow, certain) - 1e-9 <= low <= max(slow + 1 / GRID, certain) + 1e-9
        assert 1 - high >= slow_mirrored - 1e-9
        assert rejected_from_below(seen, low - 1e-6) or low == 0
        assert not rejected_from_below(seen, low + 1e-6)
        assert not rejected_from_above(seen, high - 1e-6)


def test_limits_only_come_closer_and_end_at_the_truth_of_a_finite_population():
    dice = np.random.default_rng(3)
    values = dice.permutation(np.r_[np.ones(30), np.zeros(170)])
    before = (0.0, 1.0)
    for number in range(1, 201):
        low, high = limits(drawn(values[:number], 200))
        assert low >= before[0] - 1e-9 and high <= before[1] + 1e-9
        before = low, high
    assert before == pytest.approx((0.15, 0.15))


def test_nothing_is_known_before_anything_is_seen():
    assert limits(Seen(np.zeros(0), np.zeros(0), 1.0)) == (0.0, 1.0)
    assert limits(Seen(np.zeros(0), np.zeros(0), 1.0, 10, 10.0)) == (0.0, 1.0)


def decided_after(values, gate, population=None):
    """After how many cases the gate is decided, by looking after each; None where never."""

    def decided(number):
        seen = drawn(values[:number], population) if population else independent(values[:number])
        return rejected_from_above(seen, gate) or rejected_from_below(seen, gate)

    if not decided(len(values)):
        return None
    least, most = 1, len(values)  # what is decided stays decided, so that halving finds the first
    while least < most:
        middle = (least + most) // 2
        least, most = (least, middle) if decided(middle) else (middle + 1, most)
    return least


@runs(200, 4000)
@pytest.mark.parametrize("finite", [False, True])
def test_false_alarms_at_a_gate_when_one_looks_after_every_case(runs, finite, evidence):
    """A model exactly at the gate of 10 % is called better, or worse, in at most 2.5 % of 1,000 cases each."""
    dice = np.random.default_rng(19)
    for called in (rejected_from_above, rejected_from_below):
        wrong = 0
        for _ in range(runs):
            values = dice.permutation(np.r_[np.ones(100), np.zeros(900)]) if finite else dice.random(1000) < 0.1
            seen = drawn(values[:900], 1000) if finite else independent(values)
            wrong += called(seen, 0.1)
        name = "better" if called is rejected_from_above else "worse"
        cases = "of a finite 1,000" if finite else "drawn independently"
        evidence(f"At a gate of 10 %, looked at after each case {cases}: called {name}", f"{wrong:,} of {runs:,} runs")
        assert coverage_p_value(runs - wrong, runs, 0.975) >= LEVEL


@runs(80, 2000)
@pytest.mark.parametrize("rate", [0.02, 0.1, 0.5])
def test_intervals_hold_at_all_times_at_once(runs, rate, evidence):
    """The last limits are the closest that were ever shown, so that they hold the truth only if all of them did."""
    dice = np.random.default_rng(round(rate * 1000))
    found = Simulation.of((limits(independent(dice.random(500) < rate)) for _ in range(runs)), rate)
    evidence(f"Limits at any time, rate {rate:g}, 500 cases, all times at once", found)
    assert found.holds()


@runs(80, 2000)
@pytest.mark.parametrize("finite", [False, True])
def test_clusters_of_unequal_size_whose_answers_are_alike(runs, finite, evidence):
    """Beta-binomial clusters of 1 to 6 outputs, larger ones with more hits: the truth is the rate over outputs."""
    dice = np.random.default_rng(8)

    def clusters(number):
        sizes = dice.integers(1, 7, number)
        rates = dice.beta(0.05 * sizes, 0.6)
        return dice.binomial(sizes, rates).astype(float), sizes.astype(float)

    sums, sizes = clusters(400_000)
    truth = float(sums.sum() / sizes.sum())
    covered, widths = 0, []
    for _ in range(runs):
        sums, sizes = clusters(250)
        if finite:
            truth = float(sums.sum() / sizes.sum())
            seen = Seen(sums[:150], sizes[:150], 6.0, 250, float(sizes[150:].sum()))
        else:
            seen = Seen(sums, sizes, 6.0)
        low, high = limits(seen)
        covered += low <= truth <= high
        widths.append(high - low)
    found = Simulation(covered, runs, float(np.mean(widths)))
    evidence(f"Limits at any time, clusters of 1 to 6 alike outputs, {'finite' if finite else 'infinite'}", found)
    assert found.holds(), str(found)


@runs(40, 1000)
def test_cases_that_a_model_at_two_percent_needs_against_a_gate_of_ten(runs, evidence):
    dice = np.random.default_rng(2)
    needed = [decided_after(dice.random(1000) < 0.02, 0.1) for _ in range(runs)]
    finite = [decided_after(dice.permutation(np.r_[np.ones(20), np.zeros(980)]), 0.1, 1000) for _ in range(runs)]
    assert None not in needed and None not in finite
    evidence("Cases until a rate of 2 % is decided at a gate of 10 %: mean", f"{np.mean(needed):.0f}")
    evidence("The same of a finite 1,000: mean", f"{np.mean(finite):.0f}")
    assert np.mean(needed) < 100 and np.mean(finite) < 100


def test_a_hundred_thousand_clusters_take_no_loop():
    dice = np.random.default_rng(5)
    low = lower_limit(independent(dice.random(100_000) < 0.1))
    assert 0.09 < low < 0.1
