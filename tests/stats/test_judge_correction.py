import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.judge_correction import JudgeErrors, corrected, effective_n
from tests.simulation import Simulation, runs


def seen(k, n):
    return Estimate("hgr", k / n, *wilson(k, n), n, n, direction="lower", missing=3)


def test_rogan_and_gladen_by_hand():
    found = corrected(seen(30, 100), JudgeErrors(100, 90, 100, 80))
    assert found.value == pytest.approx((0.3 + 0.8 - 1) / 0.7)
    assert found.extra == pytest.approx({"as_seen": 0.3, "sensitivity": 0.9, "specificity": 0.8})
    assert (found.metric, found.direction, found.n, found.missing) == ("hgr", "lower", 100, 3)
    assert 0 <= found.low < found.value < found.high <= 1


def test_false_alarms_alone_explain_a_low_rate():
    found = corrected(seen(5, 100), JudgeErrors(100, 90, 100, 90))
    assert (found.value, found.low) == (0, 0)
    assert found.high > 0.02


def test_a_thorough_calibration_and_a_good_judge_leave_the_interval_alone():
    judge = JudgeErrors(10**7, 10**7, 10**7, 10**7)
    found = corrected(seen(30, 200), judge)
    assert (found.value, found.low, found.high) == pytest.approx((0.15, *wilson(30, 200)), abs=0.003)


def test_a_small_calibration_widens_the_interval():
    widths = []
    for size in (20, 200, 2000):
        found = corrected(seen(300, 1000), JudgeErrors(size, size * 9 // 10, size, size * 9 // 10))
        widths.append(found.high - found.low)
    assert widths == sorted(widths, reverse=True)
    assert widths[0] > 2 * widths[2]


def test_clustering_carries_over():
    clusters = np.repeat(np.arange(50), 4)
    values = np.repeat([1] * 10 + [0] * 40, 4)
    grouped = mean_estimate("hgr", values, clusters, direction="lower")
    assert effective_n(grouped) == pytest.approx(50)
    assert effective_n(seen(30, 200)) == pytest.approx(200)
    judge = JudgeErrors(100, 95, 100, 95)
    one, other = corrected(grouped, judge), corrected(seen(40, 200), judge)
    assert one.value == pytest.approx(other.value)
    assert one.high - one.low > 1.5 * (other.high - other.low)


def test_an_unknown_rate_stays_unknown():
    found = corrected(Estimate("hgr", math.nan, math.nan, math.nan, 0, 0), JudgeErrors(9, 9, 9, 9))
    assert math.isnan(found.value) and math.isnan(found.low) and math.isnan(found.high)


def test_a_judge_no_better_than_chance_is_an_error():
    with pytest.raises(UsageError, match=r"no better than chance \(sensitivity 0.50, specificity 0.40\)"):
        corrected(seen(3, 10), JudgeErrors(10, 5, 10, 4))


@pytest.mark.parametrize("counts", [(0, 0, 9, 9), (9, 10, 9, 9), (9, 9, 9, -1)])
def test_impossible_counts_are_an_error(counts):
    with pytest.raises(UsageError, match="impossible counts"):
        JudgeErrors(*counts)


@given(st.integers(0, 50), st.integers(0, 30), st.integers(0, 30))
def test_limits_enclose_the_value_and_swapping_the_verdicts_mirrors_them(k, hits, passes):
    assume(hits + passes > 30)
    one = corrected(seen(k, 50), JudgeErrors(30, hits, 30, passes))
    other = corrected(seen(50 - k, 50), JudgeErrors(30, passes, 30, hits))
    assert 0 <= one.low <= one.value <= one.high <= 1
    assert (1 - other.value, 1 - other.high, 1 - other.low) == pytest.approx((one.value, one.low, one.high), abs=1e-6)


@pytest.mark.parametrize(
    ("n", "rate", "se", "sp"), [(200, 0.1, 0.9, 0.95), (300, 0.02, 0.8, 0.98), (60, 0.5, 0.75, 0.7)]
)
@runs(100, 3000)
def test_coverage_with_a_judge_calibrated_on_a_hundred_cases(n, rate, se, sp, runs, evidence):
    """A little too careful where a rare event meets a small calibration."""
    rng, intervals = np.random.default_rng(3), []
    for _ in range(runs):
        judge = JudgeErrors(50, int(rng.binomial(50, se)), 50, int(rng.binomial(50, sp)))
        found = corrected(seen(rng.binomial(n, rate * se + (1 - rate) * (1 - sp)), n), judge)
        intervals.append((found.low, found.high))
    total = Simulation.of(intervals, rate)
    assert total.holds() and total.width < 0.72, total
    evidence(f"Corrected for a judge right in {100 * se:g} and {100 * sp:g} %: {100 * rate:g} % of {n}", total)
