"""The formula of individual fairness: values by hand, and what must hold for any qualities."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.stats.fairness.individual_formulas import EPS, individual_unfairness

quality = st.floats(0, 1)
array = np.array


def test_individual_by_hand():
    found = individual_unfairness(array(0.8), array(0.9), array(0.6))  # a = 0.1, b = 0.2
    assert found.difference == pytest.approx(0.1)
    assert found.ratio == pytest.approx(2.0, rel=1e-6)
    assert found.published == pytest.approx(1.05, rel=1e-6)
    assert found.bounded == pytest.approx((0.1 + 0.1 / 0.31) / 2)
    assert not found.unstable


def test_the_published_ratio_explodes_where_the_bounded_one_does_not():
    found = individual_unfairness(array(0.8), array(0.8), array(0.801))  # a = 0, b = 0.001
    assert found.ratio == pytest.approx(0.001 / EPS, rel=1e-3)
    assert found.bounded < 0.05
    assert found.unstable


@given(quality, quality)
def test_equal_distances_are_fair(neutral, varied):
    found = individual_unfairness(array(neutral), array(varied), array(varied))
    assert found.difference == 0
    assert found.bounded == 0
    assert found.ratio <= 1  # the published ratio is one where both are equally off, and zero where neither is
    assert not found.unstable


@given(quality, quality, quality)
def test_individual_does_not_care_who_is_called_favoured(neutral, favoured, other):
    one = individual_unfairness(array(neutral), array(favoured), array(other))
    swapped = individual_unfairness(array(neutral), array(other), array(favoured))
    assert one.difference == pytest.approx(swapped.difference)
    assert one.published == pytest.approx(swapped.published)
    assert 0 <= one.bounded <= 1
