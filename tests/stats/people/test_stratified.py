import math

import numpy as np
import pytest

from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.people.stratified import stratified_rate
from tests.simulation import Simulation, runs
from tests.stats.people.planted import World, labelled

CLUSTERED = {"cases": 200, "repeats": 5, "alike": 0.4}
WORLDS = [
    *(World(rate) for rate in (0.02, 0.05, 0.1, 0.2, 0.5)),
    *(World(rate, 0.8, 0.8, **CLUSTERED) for rate in (0.02, 0.1, 0.5)),
    World(0.1, 0.97, 0.99),
    World(0.1, 0.5, 0.5),
    World(0.3, 0.5, 0.5, **CLUSTERED),
]


def simulate(world: World, seeds: int, labels: int = 100) -> tuple[Simulation, Simulation]:
    """Of the corrected interval, and of Wilson's for as many labels of outputs drawn from all."""
    corrected, alone = [], []
    for seed in range(seeds):
        rng = np.random.default_rng(seed)
        truth, judged, cases = world.outputs(rng)
        found = stratified_rate(judged, labelled(truth, judged, labels, rng), cases)
        corrected.append((found.low, found.high))
        alone.append(wilson(truth[rng.permutation(truth.size)[:labels]].sum(), labels))
    return Simulation.of(corrected, world.rate), Simulation.of(alone, world.rate)


@runs(60, 2_000)
@pytest.mark.parametrize("world", WORLDS, ids=str)
def test_the_corrected_interval_covers_the_true_rate(world, runs, evidence):
    found, alone = simulate(world, runs)
    name = (
        f"100 labels, a true rate of {world.rate:g}, a judge of {world.sensitivity:g}/{world.specificity:g}, "
        f"{world.cases} x {world.repeats}"
    )
    evidence(f"{name}: corrected", found)
    evidence(f"{name}: labels alone", alone)
    assert found.holds(0.93), found


@pytest.mark.parametrize("rate", [0.1, 0.2, 0.5])
def test_a_good_judge_makes_the_interval_narrower_than_labels_alone(rate):
    found, alone = simulate(World(rate), 60)
    assert found.width < 0.9 * alone.width


def test_a_judge_that_is_noise_costs_little():
    found, alone = simulate(World(0.2, 0.5, 0.5), 100)
    assert found.width < 1.05 * alone.width


def test_the_judges_rate_alone_does_not_cover():
    """What the issue is about: 1,000 outputs, a good judge, and an interval of sampling only."""
    seen = []
    for seed in range(100):
        _, judged, _ = World(0.1).outputs(np.random.default_rng(seed))
        seen.append(wilson(judged.sum(), judged.size))
    assert Simulation.of(seen, 0.1).coverage < 0.2


def test_value_is_the_weighted_mean_of_the_strata():
    judged = np.array([1.0] * 20 + [0.0] * 80)
    people = np.full(100, np.nan)
    people[:10], people[20:30] = [1] * 8 + [0] * 2, [0] * 9 + [1]
    found = stratified_rate(judged, people, range(100))
    assert found.value == pytest.approx(0.2 * 0.8 + 0.8 * 0.1)
    assert [(each.verdict, each.labels) for each in found.strata] == [(1.0, 10), (0.0, 10)]


def test_outputs_without_a_verdict_are_a_stratum_of_their_own():
    judged = np.array([1.0] * 10 + [0.0] * 80 + [math.nan] * 10)
    people = np.full(100, np.nan)
    people[:5], people[10:20] = 1, 0
    assert math.isnan(stratified_rate(judged, people, range(100)).value)  # nobody knows what they are
    people[90:95] = 1
    assert stratified_rate(judged, people, range(100)).value == pytest.approx(0.2)


def test_an_unsure_label_could_be_either():
    judged = np.array([1.0] * 50 + [0.0] * 50)
    people = np.full(100, np.nan)
    people[:20], people[50:70] = 1, 0
    sure = stratified_rate(judged, people, range(100))
    people[15:20] = np.nan
    unsure = np.zeros(100, bool)
    unsure[15:20] = True
    found = stratified_rate(judged, people, range(100), unsure=unsure)
    assert found.low < sure.low - 0.05
    assert found.high >= sure.high


def test_no_labels_give_no_number():
    assert math.isnan(stratified_rate(np.array([1.0, 0.0]), np.full(2, np.nan), [0, 1]).value)
    assert math.isnan(stratified_rate(np.array([]), np.array([]), []).value)
