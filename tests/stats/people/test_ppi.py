import numpy as np
import pytest

from mmdt.stats.people.ppi import ppi_mean
from tests.simulation import Simulation, runs
from tests.stats.people.planted import World


def sample(seed=0, n=300, total=3_000, noise=0.1):
    rng = np.random.default_rng(seed)
    truth = rng.beta(2, 5, total)
    judged = np.clip(truth + rng.normal(0.05, noise, total), 0, 1)
    people = np.full(total, np.nan)
    people[:n] = truth[:n]
    return judged, people


PPI_PYTHON = [
    (0, 0.1, 0.285858, 0.275711, 0.296004),
    (1, 0.3, 0.270064, 0.255458, 0.284670),
    (2, 0.03, 0.290469, 0.283783, 0.297155),
]
"""Seed, noise, and what ppi_py's ``ppi_mean_pointestimate`` and ``ppi_mean_ci`` find (ppi-python 0.2.3). It is no
dependency of the tests: it installs a package called ``tests``, which hides this one."""


@pytest.mark.parametrize(("seed", "noise", "value", "low", "high"), PPI_PYTHON)
def test_value_and_interval_are_those_of_ppi_python(seed, noise, value, low, high):
    """The reference leaves the labelled outputs out of the judge's mean; here it is over all outputs, with a t
    quantile. At this size they differ by less than a tenth of a standard error."""
    judged, people = sample(seed, noise=noise)
    ours = ppi_mean(judged, people, range(3_000))
    near = (high - low) / 40
    assert (ours.value, ours.low, ours.high) == pytest.approx((value, low, high), abs=near)


def test_noise_leaves_labels_alone():
    rng = np.random.default_rng(3)
    judged, people = rng.random(5_000), np.full(5_000, np.nan)
    people[:400] = rng.random(400)
    found = ppi_mean(judged, people, range(5_000))
    assert found.weight < 0.2  # its standard error is 0.05
    assert found.value == pytest.approx(people[:400].mean(), abs=0.015)
    assert found.high - found.low == pytest.approx(2 * 1.96 * people[:400].std() / 20, rel=0.05)


def test_a_judge_that_is_against_people_gets_no_weight():
    judged, people = sample()
    assert ppi_mean(1 - judged, people, range(3_000)).weight == 0


@runs(100, 2_000)
@pytest.mark.parametrize("repeats", [1, 5])
def test_it_covers_where_labels_were_chosen_with_unequal_chances(repeats, runs, evidence):
    world = World(0.2, 0.9, 0.9, 1_000 // repeats, repeats, 0.3 if repeats > 1 else 0.0)
    found = []
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        truth, judged, cases = world.outputs(rng)
        probability = np.where(judged == 1, 0.4, 0.15)
        people = np.where(rng.random(truth.size) < probability, truth, np.nan)
        each = ppi_mean(judged, people, cases, probability=probability)
        found.append((each.low, each.high))
    simulation = Simulation.of(found, 0.2)
    evidence(f"PPI++, about 200 labels with unequal chances, {world.cases} x {repeats}", simulation)
    assert simulation.holds(0.93), simulation


def test_too_few_labels_have_no_interval():
    found = ppi_mean(np.array([0.1, 0.9]), np.array([1.0, np.nan]), [0, 1])
    assert np.isnan(found.low)
    assert found.labels == 1
