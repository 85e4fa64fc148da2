"""The interval of pooled individual unfairness: by hand, and at the bend of the formula where bootstraps fail."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.fairness.individual_formulas import individual_unfairness
from mmdt.stats.fairness.individual_range import _extremes, range_of
from tests.simulation import Simulation, runs


def table(rng, groups, accuracies):
    right = (rng.random((groups, 3)) < np.array(accuracies)).astype(float)
    return np.column_stack([each for side in right.T for each in (side, np.ones(groups))])


def test_extremes_by_hand():
    assert _extremes("difference", (0.1, 0.2), (0.15, 0.4)) == pytest.approx((0, 0.3))
    assert _extremes("difference", (0.1, 0.2), (0.3, 0.4)) == pytest.approx((0.1, 0.3))
    assert _extremes("difference", (0.3, 0.4), (0.1, 0.2)) == pytest.approx((0.1, 0.3))
    least, most = _extremes("bounded", (0.0, 0.1), (0.0, 0.3))
    assert least == 0
    assert most == pytest.approx((0.3 + 0.3 / 0.31) / 2)


ends = st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted)


@given(ends, ends, st.floats(0, 1), st.floats(0, 1), st.sampled_from(["difference", "bounded"]))
def test_no_pair_of_distances_is_outside_the_extremes(first, second, share, other, part):
    least, most = _extremes(part, tuple(first), tuple(second))
    a, b = first[0] + share * (first[1] - first[0]), second[0] + other * (second[1] - second[0])
    value = float(getattr(individual_unfairness(*map(np.asarray, (0.0, a, b))), part))
    assert least - 1e-9 <= value <= most + 1e-9


@pytest.mark.parametrize("accuracies", [(0.85, 0.85, 0.65), (0.97, 0.97, 0.95), (0.8, 0.9, 0.6)])
@pytest.mark.parametrize("part", ["difference", "bounded"])
@runs(60, 3000)
def test_it_is_never_too_narrow(accuracies, part, runs, evidence):
    """40 groups."""
    rng = np.random.default_rng(41)
    truth = float(getattr(individual_unfairness(*map(np.asarray, accuracies)), part))
    found = Simulation.of((range_of(part, table(rng, 40, accuracies), binary=True) for _ in range(runs)), truth)
    assert found.holds(), found
    evidence(f"Individual fairness, accuracies {accuracies}: {part}", found)
