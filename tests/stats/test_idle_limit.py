"""Limits that none of their numbers can reach."""

import pytest

from mmdt.stats.idle_limit import idle_limit

SHARE = (0.0, 1.0)


@pytest.mark.parametrize("limit", [0.0, 0.3, 1.0])
def test_a_limit_within_reach_is_none(limit):
    assert idle_limit(limit, [SHARE], ends=True) is None
    assert (idle_limit(limit, [SHARE], ends=False) is None) == (0 < limit < 1)


def test_a_percentage_is_guessed_only_where_it_is_within_reach():
    assert "write 0.1 for 10 %" in idle_limit(10, [SHARE], ends=True).hint
    assert "within that range" in idle_limit(1000, [SHARE], ends=True).hint
    assert "within that range" in idle_limit(6, [(1.0, 5.0)], ends=True).hint


def test_one_number_within_reach_or_of_unknown_range_is_enough():
    assert idle_limit(4, [SHARE, (1.0, 5.0)], ends=True) is None
    assert idle_limit(10, [SHARE, None], ends=True) is None
    assert idle_limit(10, [], ends=True) is None
    found = idle_limit(10, [SHARE, (1.0, 5.0)], ends=True)
    assert (found.low, found.high) == (0.0, 5.0)
