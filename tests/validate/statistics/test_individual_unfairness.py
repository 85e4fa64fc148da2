"""Do the intervals of individual fairness of pictures hold what is planted? (``bench.coverage.individual``.)"""

import numpy as np
import pytest

from bench.coverage.exact import plausible
from bench.coverage.individual import ENDLESS, plans, run
from mmdt.stats.coverage import check_ruler

SEEDS = 120


@pytest.fixture(scope="module")
def planted():
    return {each.name: each for each in plans(6)}


def test_the_organism_draws_what_is_planted(planted):
    """A picture without a part of its setting has two thirds of the quality."""
    fair = planted["fair"].neutral
    assert fair.mean == pytest.approx(0.85 + 0.15 * 2 / 3, abs=0.01)
    assert set(np.round(fair.draw(np.random.default_rng(0), (500,)), 2)) == {0.67, 1.0}


@pytest.mark.slow
@pytest.mark.parametrize("groups", [5, 12])
@pytest.mark.parametrize("name", ["fair", "worse", "clip, worse"])
def test_ten_pictures_of_each_wording_are_held(planted, name, groups):
    """The intervals are conservative for the bounded number; with five groups a bootstrap held 89 to 97 %."""
    for metric, pairs in run(planted[name], range(SEEDS), groups).items():
        if metric != ENDLESS:
            report = check_ruler(pairs)
            assert report.checked == SEEDS
            assert plausible(report.covered, SEEDS, 0.94, 1.0, tail=1e-3), (metric, report)
