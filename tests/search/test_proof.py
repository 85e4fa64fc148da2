"""Organisms with holes drawn by seed: searches find them with fewer queries than random moves, and find none where none
is."""

import pytest
from scipy.stats import binomtest

from mmdt.stats.survival.kaplan_meier import kaplan_meier, median_time
from mmdt.stats.survival.logrank import paired_logrank
from mmdt.stats.survival.times import Times
from tests.search.quick import behaviours, holed, hunted

LIMIT = 40
STATED = {"tap": 0.8, "pair": 0.8}
"""The share of holes that are found within 40 queries, as docs/search.md states."""


def times(name, seeds, *, modality="i2t", limit=LIMIT, closed=False):
    """Queries to success of each seed, and whether there was one."""
    found = []
    for seed in seeds:
        organism = holed(seed, closed=closed)
        hunt = hunted(organism, name, behaviours(1, seed)[0], limit=limit, modality=modality, seed=seed)
        assert hunt.state in ("fell", "held"), hunt.reason
        found.append((float(len(hunt.turns)), hunt.state == "fell"))
    return found


def test_a_few_holes_are_found_and_none_where_none_is():
    found = times("tap", range(100, 108), modality="t2i", limit=30)
    assert sum(fell for _, fell in found) >= 6, found
    for name in ("tap", "random"):
        assert not any(fell for _, fell in times(name, range(3), modality="t2i", limit=20, closed=True))


def test_a_few_holes_in_pictures():
    found = times("tap", range(200, 206), limit=40)
    assert sum(fell for _, fell in found) >= 3, found


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", ["tap", "pair"])
def test_it_takes_fewer_queries_than_random_moves(name):
    seeds = range(1000, 1120)
    mine, random = times(name, seeds), times("random", seeds)
    assert paired_logrank(mine, random) < 0.001
    reached = sum(fell for _, fell in mine)
    assert binomtest(reached, len(mine), STATED[name], alternative="less").pvalue > 0.01, reached
    (middle, _, high), (_, low, _) = (median_time(kaplan_meier(Times.of(each), LIMIT)) for each in (mine, random))
    assert middle < 20 and high < low, (middle, high, low)


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("name", ["tap", "pair", "crescendo", "best-of-n", "figstep-loop", "random"])
def test_nothing_is_found_where_nothing_is(name):
    assert not any(fell for _, fell in times(name, range(2000, 2030), limit=30, closed=True))
