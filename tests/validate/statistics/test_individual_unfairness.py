"""Do the intervals of individual fairness of pictures hold what is planted? (``bench.coverage.individual``.)"""

import numpy as np
import pytest

from bench.coverage.individual import ENDLESS, plans, run
from mmdt.stats.coverage import check_ruler
from tests.simulation import Simulation, runs


@pytest.fixture(scope="module")
def planted():
    return {each.name: each for each in plans(6)}


def test_the_organism_draws_what_is_planted(planted):
    """A picture without a part of its setting has two thirds of the quality."""
    fair = planted["fair"].neutral
    assert fair.mean == pytest.approx(0.85 + 0.15 * 2 / 3, abs=0.01)
    assert set(np.round(fair.draw(np.random.default_rng(0), (500,)), 2)) == {0.67, 1.0}


@runs(20, 200)
@pytest.mark.parametrize("groups", [5, 12])
@pytest.mark.parametrize("name", ["fair", "worse", "clip, worse"])
def test_ten_pictures_of_each_wording_are_held(planted, name, groups, runs, evidence):
    """The intervals are conservative for the bounded number; with five groups a bootstrap held 89 to 97 %."""
    checked = {
        metric: Simulation.reported(check_ruler(pairs))
        for metric, pairs in run(planted[name], range(runs), groups).items()
        if metric != ENDLESS
    }
    assert checked
    for metric, found in checked.items():
        assert found.runs == runs
        assert found.holds(), (metric, found)
        evidence(f"Individual fairness of pictures ({name}), {groups} groups: {metric}", found)
