import math

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.estimate import Estimate
from mmdt.core.scenario import Perspective, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.stats.coverage import check_ruler, coverage_p_value
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.metrics import mean_of
from mmdt.stats.scorecard import scorecard
from tests.simulation import Simulation, runs


def test_a_coverage_is_held_against_its_own_noise():
    assert coverage_p_value(0, 1) == pytest.approx(0.05)
    assert coverage_p_value(19, 20) == pytest.approx(1 - 0.95**20)
    assert coverage_p_value(20, 20) == 1
    assert Simulation(91, 100, 0.1).holds() and not Simulation(88, 100, 0.1).holds()


def pair(low, high, truth, value=0.5):
    return Estimate("m", value, low, high, 10, 10), truth


def planted(rng, rates=(0.07, 0.3, 0.8), n=80, narrowed=1.0):
    for rate in rates:
        found = mean_estimate("m", (rng.random(n) < rate).astype(float), range(n), direction="lower")
        low = found.value - narrowed * (found.value - found.low)
        high = found.value + narrowed * (found.high - found.value)
        yield Estimate("m", found.value, low, high, n, n), rate


def many(seeds, **more):
    return (each for seed in range(seeds) for each in planted(np.random.default_rng(seed), **more))


def test_counts_by_hand():
    nothing = (Estimate("m", math.nan, math.nan, math.nan, 0, 0), 0.5)
    found = check_ruler([pair(0.4, 0.6, 0.45), pair(0.4, 0.6, 0.7), pair(0, 0.2, 0, 0.0), pair(0.1, 0.2, 0), nothing])
    assert (found.checked, found.covered, found.coverage) == (2, 1, 0.5)
    assert (found.certain, found.certain_missed, found.unknown) == (2, 1, 1)
    assert found.bias == pytest.approx((0.05 - 0.2) / 2)
    assert found.width == pytest.approx(0.2)


def test_a_true_ruler_holds_over_many_seeds():
    found = check_ruler(many(500))
    assert 0.93 <= found.coverage <= 0.97
    assert found.verdict == "holds"
    assert abs(found.bias) < 0.005


@pytest.mark.parametrize(("narrowed", "verdict"), [(0.7, "too narrow"), (1.6, "too wide")])
def test_a_false_ruler_is_detected(narrowed, verdict):
    assert check_ruler(many(300, narrowed=narrowed)).verdict == verdict


def test_few_seeds_decide_nothing():
    assert check_ruler([pair(0.4, 0.6, 0.5)] * 20).verdict == "undecided"
    assert check_ruler([]).verdict == "undecided"


def test_missing_a_certain_rate_is_a_fault_whatever_the_rest():
    assert check_ruler([*many(300), pair(0.1, 0.2, 0.0)]).verdict == "too narrow"


def test_a_signed_difference_of_zero_is_subject_to_chance():
    found = check_ruler([pair(-0.1, 0.2, 0.0), pair(0.05, 0.3, 0.0), pair(-0.3, -0.1, 0.0)])
    assert (found.checked, found.covered, found.certain) == (3, 1, 0)
    assert found.bias == pytest.approx(0.5)


def _card(rng, size):
    """Three scenarios of six categories whose planted rates differ much, as harm rates do."""
    rates = {
        Cell("safety", "i2t", scenario, f"harm{i}"): rate * factor
        for scenario, factor in (("plain", 0.4), ("pressed", 1.0), ("wrapped", 1.3))
        for i, rate in enumerate((0.05, 0.1, 0.2, 0.35, 0.5, 0.7))
    }
    rows = [
        Scored(f"{cell}{i}", cell, "", 0, Score({"harmful": float(rng.random() < rate)}))
        for cell, rate in rates.items()
        for i in range(size)
    ]
    metric = mean_of("harmful", name="HGR", direction="lower")
    scenarios = tuple(
        Scenario("safety", "i2t", name, name, None, lambda *_: Score(), (metric,), "HGR")
        for name in ("plain", "pressed", "wrapped")
    )
    above = Summary("i2t", "i2t", "HGR", tuple(each.address for each in scenarios))
    card = scorecard([Perspective("safety", "Safety", scenarios, (above,))], rows)
    for result in card.results:
        below = [rate for cell, rate in rates.items() if f"{cell}/".startswith(f"{result.address}/")]
        yield result.level, (result.estimate(), float(np.mean(below)))


@runs(40, 1000)
@pytest.mark.parametrize("size", [12, 40])
def test_the_ruler_holds_at_every_level_of_a_scorecard(size, runs, evidence):
    pairs = {"cell": [], "scenario": [], "summary": []}
    for seed in range(runs):
        for level, each in _card(np.random.default_rng(seed), size):
            pairs[level].append(each)
    for level, each in pairs.items():
        found = check_ruler(each)
        assert found.verdict in ("holds", "undecided"), (level, found)
        simulated = Simulation.reported(found)
        assert simulated.holds(0.94), (level, simulated)
        evidence(f"A scorecard's intervals at the level of a {level}, {size} cases a task", simulated)
