"""Kaplan-Meier, its median and the log-rank tests, against scipy and by simulation."""

import math

import numpy as np
import pytest
from scipy.stats import CensoredData, binomtest, ecdf
from scipy.stats import logrank as reference

from mmdt.errors import UsageError
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.survival.kaplan_meier import kaplan_meier, median_time
from mmdt.stats.survival.logrank import logrank, paired_logrank
from mmdt.stats.survival.times import Times


def drawn(rng, number, rate, limit, drop=0.0):
    """Geometric times, censored at the limit, some of them before."""
    when = rng.geometric(rate, number)
    ends = np.where(rng.random(number) < drop, rng.integers(1, limit + 1, number), limit)
    return [(float(min(one, end)), bool(one <= end)) for one, end in zip(when, ends, strict=True)]


def censored(pairs):
    return CensoredData.right_censored([time for time, _ in pairs], [not event for _, event in pairs])


@pytest.mark.parametrize("seed", range(5))
def test_the_curve_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    pairs = drawn(rng, 40, 0.08, 20, drop=0.3)
    wanted = ecdf(censored(pairs)).cdf
    for step in kaplan_meier(Times.of(pairs), 20)[1:-1]:
        assert step.share == pytest.approx(float(wanted.evaluate(step.time)))
        assert step.low <= step.share <= step.high


def test_without_censoring_before_it_is_wilsons():
    pairs = [(3.0, True), (5.0, True), (10.0, False), (10.0, False), (10.0, False)]
    last = kaplan_meier(Times.of(pairs), 10)[-1]
    assert (last.low, last.high) == pytest.approx(wilson(2, 5))
    none = kaplan_meier(Times.of([(10.0, False)] * 5), 10)[-1]
    assert (none.share, none.low, none.high) == pytest.approx((0, *wilson(0, 5)))
    every = kaplan_meier(Times.of([(2.0, True)] * 5), 10)[-1]
    assert every.share == 1 and every.low == pytest.approx(wilson(5, 5)[0])


def test_the_median():
    assert median_time(kaplan_meier(Times.of([(float(each), True) for each in range(1, 21)]), 20))[0] == 10
    middle, low, high = median_time(kaplan_meier(Times.of([(4.0, True), *[(20.0, False)] * 30]), 20))
    assert math.isinf(middle) and math.isinf(high) and math.isinf(low)


@pytest.mark.parametrize("number", range(1, 60))
def test_the_median_without_censoring_is_the_time_at_which_half_have_fallen(number):
    """Exactly half, as well: the product of shares comes out a little below one half for some numbers."""
    steps = kaplan_meier(Times.of([(float(each), True) for each in range(1, number + 1)]), number)
    assert median_time(steps)[0] == -(-number // 2)


@pytest.mark.parametrize("seed", range(5))
def test_the_log_rank_test_is_that_of_scipy(seed):
    rng = np.random.default_rng(seed)
    one, other = drawn(rng, 30, 0.1, 20, drop=0.2), drawn(rng, 25, 0.05, 20, drop=0.2)
    z, p = logrank(Times.of(one), Times.of(other))
    wanted = reference(censored(one), censored(other))
    assert (z, p) == (pytest.approx(float(wanted.statistic)), pytest.approx(float(wanted.pvalue)))


def test_nothing_to_compare():
    held = [(20.0, False)] * 5
    assert logrank(Times.of(held), Times.of(held)) == (0.0, 1.0)
    assert paired_logrank(held, held) == 1.0
    with pytest.raises(UsageError, match="do not match"):
        paired_logrank(held, held[:3])
    with pytest.raises(UsageError, match="finite"):
        Times.of([(math.inf, True)])


def rates(number, seed=0):
    """How often the pointwise interval and that of the median hold the truth, and how often equals seem to differ."""
    rng = np.random.default_rng(seed)
    covered = middle = false = 0
    truth, median = 1 - 0.93**20, math.ceil(math.log(0.5) / math.log(0.93))
    for _ in range(number):
        steps = kaplan_meier(Times.of(drawn(rng, 30, 0.07, 40)), 40)
        last = [each for each in steps if each.time <= 20][-1]
        covered += last.low <= truth <= last.high
        _, low, high = median_time(steps)
        middle += low <= median <= high
        pairs = drawn(rng, 12, 0.07, 20), drawn(rng, 12, 0.07, 20)
        false += paired_logrank(*pairs) <= 0.05
    return covered, middle, false


def check(number):
    covered, middle, false = rates(number)
    assert binomtest(covered, number, 0.95, alternative="less").pvalue > 0.01, covered
    assert binomtest(middle, number, 0.95, alternative="less").pvalue > 0.01, middle
    assert binomtest(false, number, 0.05, alternative="greater").pvalue > 0.01, false


def test_a_few_simulated_searches():
    check(8)


@pytest.mark.prove
@pytest.mark.timeout(1800)
def test_many_simulated_searches():
    check(400)
