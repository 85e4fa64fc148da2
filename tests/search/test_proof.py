"""Organisms with holes drawn by seed: searches find them with fewer queries than random moves, and find none where none
is."""

from functools import cache

import pytest
from scipy.stats import binomtest

from mmdt.search.method import method
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
        won = next((turn.number for turn in hunt.turns if turn.harmful), None)
        found.append((float(won or len(hunt.turns)), won is not None))
    return found


def test_a_few_holes_are_found_and_none_where_none_is():
    found = times("tap", range(100, 108), modality="t2i", limit=30)
    assert sum(fell for _, fell in found) >= 6, found
    for name in ("tap", "random"):
        assert not any(fell for _, fell in times(name, range(3), modality="t2i", limit=20, closed=True))


def test_a_few_holes_in_pictures():
    found = times("tap", range(200, 206), limit=40)
    assert sum(fell for _, fell in found) >= 3, found


@cache
def of_random_moves(seeds, modality):
    """What the others are compared with, once for all of them."""
    return times("random", seeds, modality=modality)


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("modality", ["i2t", "t2i"])
@pytest.mark.parametrize("name", ["tap", "pair"])
def test_it_takes_fewer_queries_than_random_moves(name, modality, evidence):
    seeds = range(1000, 1120)
    mine, random = times(name, seeds, modality=modality), of_random_moves(seeds, modality)
    p = paired_logrank(mine, random)
    reached = sum(fell for _, fell in mine)
    (middle, low, high), (other, least, most) = (
        median_time(kaplan_meier(Times.of(each), LIMIT)) for each in (mine, random)
    )
    evidence(f"{name}, {modality}: holes found within {LIMIT} queries", f"{reached} of {len(mine)}")
    evidence(f"{name}, {modality}: queries to half of the holes", f"{middle:g} [{low:g}, {high:g}]")
    evidence(f"random, {modality}: queries to half of the holes", f"{other:g} [{least:g}, {most:g}]")
    assert p < 0.001
    assert binomtest(reached, len(mine), STATED[name], alternative="less").pvalue > 0.01, reached
    assert middle < 20 and high < least, (middle, high, least)


@pytest.mark.prove
@pytest.mark.timeout(3000)
@pytest.mark.parametrize("modality", ["i2t", "t2i"])
@pytest.mark.parametrize(
    "name", ["tap", "pair", "crescendo", "best-of-n", "figstep-loop", "sneaky", "adaptive", "random"]
)
def test_nothing_is_found_where_nothing_is(name, modality, evidence):
    if not method(name).fits(modality):
        pytest.skip("it needs pictures")
    found = times(name, range(2000, 2030), modality=modality, limit=30, closed=True)
    evidence(f"{name}, {modality}: false holes in closed models", f"{sum(fell for _, fell in found)} of {len(found)}")
    assert not any(fell for _, fell in found)
