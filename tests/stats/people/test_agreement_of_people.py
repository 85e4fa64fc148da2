import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score

from mmdt.stats.people.krippendorff import alpha
from mmdt.stats.people.quality import sensitivity, specificity, weighted_agreement
from tests.simulation import Simulation, runs
from tests.stats.people.planted import World, labelled

REFERENCE = [(0, 0.609195402), (1, 0.700877664), (2, 0.608486922), (3, 0.665686012), (4, 0.620109815)]
"""Seed, and what krippendorff 0.9.0 finds. Its licence is not one that mmdt takes in."""


@pytest.mark.parametrize(("seed", "expected"), REFERENCE)
def test_alpha_is_that_of_the_reference(seed, expected):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, 60)
    table = np.array([np.where(rng.random(60) < 0.8, truth, rng.integers(0, 3, 60)) for _ in range(4)], float)
    table[rng.random(table.shape) < 0.3] = np.nan
    ratings = [{str(a): v for a, v in enumerate(column) if not np.isnan(v)} for column in table.T]
    found = alpha(ratings)
    assert found.value == pytest.approx(expected)
    assert found.low < expected < found.high
    assert found.missing == sum(len(each) < 2 for each in ratings)


def test_alpha_of_one_value_or_one_annotator_is_unknown():
    assert np.isnan(alpha([{"a": True, "b": True}] * 5).value)
    assert np.isnan(alpha([{"a": True}, {"a": False}]).value)


def whole(world: World, seed: int = 0):
    truth, judged, cases = world.outputs(np.random.default_rng(seed))
    return truth, judged, cases


def test_with_every_output_labelled_they_are_plain_shares():
    truth, judged, cases = whole(World(0.3))
    assert sensitivity(judged, truth, cases).value == pytest.approx(judged[truth == 1].mean())
    assert specificity(judged, truth, cases).value == pytest.approx(1 - judged[truth == 0].mean())
    kappa = weighted_agreement("kappa", judged, truth, cases).value
    assert kappa == pytest.approx(cohen_kappa_score(judged, truth))


def test_labels_chosen_by_verdict_do_not_distort_them():
    """Half of the labels are of outputs that the judge calls positive: their plain share of hits would be far off."""
    found = []
    for seed in range(60):
        rng = np.random.default_rng(seed)
        truth, judged, cases = World(0.1, 0.8, 0.97, 3_000).outputs(rng)
        people = labelled(truth, judged, 300, rng)
        found.append((sensitivity(judged, people, cases).value, specificity(judged, people, cases).value))
    assert np.nanmean(found, axis=0) == pytest.approx([0.8, 0.97], abs=0.03)


@runs(60, 2_000)
def test_their_intervals_cover(runs, evidence):
    world, intervals = World(0.2, 0.85, 0.95, 2_000), {"sensitivity": [], "specificity": []}
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        truth, judged, cases = world.outputs(rng)
        people = labelled(truth, judged, 200, rng)
        for name, measure in (("sensitivity", sensitivity), ("specificity", specificity)):
            each = measure(judged, people, cases)
            intervals[name].append((each.low, each.high))
    for name, truth in (("sensitivity", 0.85), ("specificity", 0.95)):
        simulation = Simulation.of(intervals[name], truth)
        evidence(f"A judge's {name} from 200 labels", simulation)
        assert simulation.holds(0.93, among=2), (name, simulation)
