import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.estimate import Estimate
from mmdt.errors import UsageError
from mmdt.stats.combine import COMBINED, weighted_mean
from mmdt.stats.intervals.wilson import wilson
from tests.simulation import Simulation, runs


def estimate(value, low, high, n=10, **more):
    return Estimate("m", value, low, high, n, n, **more)


def proportion(k, n):
    return estimate(k / n, *wilson(k, n), n)


@pytest.mark.parametrize(
    ("tasks", "mean"),  # the authors' own example, InternVL2-8B: action, attribute, count, identification, spatial
    [((7, 7, 50, 18, 11), 0.186), ((58, 94, 82, 81, 76), 0.782)],
)
def test_the_authors_example_of_a_scenario(tasks, mean):
    found = weighted_mean("m", [proportion(k, 100) for k in tasks], direction="higher")
    assert found.value == pytest.approx(mean)
    assert (found.n, found.clusters, found.method) == (500, 500, "MOVER")


def test_limits_come_from_the_distances_to_the_childrens_own():
    found = weighted_mean("m", [estimate(0.5, 0.2, 0.6), estimate(0.1, 0.06, 0.4)], (3, 1), direction="higher")
    # 0.75 * 0.3 and 0.25 * 0.04 below, 0.75 * 0.1 and 0.25 * 0.3 above
    assert found.value == pytest.approx(0.4)
    assert found.low == pytest.approx(0.4 - math.hypot(0.225, 0.01))
    assert found.high == pytest.approx(0.4 + math.hypot(0.075, 0.075))


def test_children_that_move_together_widen_the_interval():
    children = [estimate(0.5, 0.4, 0.6)] * 2
    apart = weighted_mean("m", children, direction="higher")
    together = weighted_mean("m", children, direction="higher", correlation=np.ones((2, 2)))
    opposed = weighted_mean("m", children, direction="higher", correlation=np.array([[1, -1], [-1, 1]]))
    assert (apart.low, together.low, opposed.low) == pytest.approx((0.5 - 0.1 / math.sqrt(2), 0.4, 0.5))


def test_an_absent_child_leaves_no_value_but_the_mean_of_the_present():
    nothing = estimate(math.nan, math.nan, math.nan, 0, missing=7)
    found = weighted_mean("m", [estimate(0.2, 0.1, 0.3), nothing, estimate(0.6, 0.5, 0.7)], direction="lower")
    assert math.isnan(found.value) and math.isnan(found.low) and math.isnan(found.high)
    assert found.extra == pytest.approx({"absent": 1, "mean_of_present": 0.4})
    assert (found.n, found.missing) == (20, 7)


def test_a_child_without_limits_leaves_the_value_alone():
    found = weighted_mean("m", [estimate(0.2, 0.1, 0.3), estimate(0.4, math.nan, math.nan)], direction="lower")
    assert found.value == pytest.approx(0.3)
    assert math.isnan(found.low)


def test_worst_cases_of_missing_values_are_averaged_too():
    partly = estimate(0.5, 0.4, 0.6, missing=10, extra={"if_missing_low": 0.25, "if_missing_high": 0.75})
    found = weighted_mean("m", [partly, estimate(0.1, 0.0, 0.2)], direction="lower")
    assert found.extra == pytest.approx({"if_missing_low": 0.175, "if_missing_high": 0.425})


@pytest.mark.parametrize("weights", [(1,), (1, -1), (0, 0)])
def test_invalid_weights_are_an_error(weights):
    with pytest.raises(UsageError, match=r"weights for 2 parts \(m\)"):
        weighted_mean("m", [estimate(0.5, 0.4, 0.6)] * 2, weights, direction="lower")


def test_a_mean_of_nothing_is_an_error():
    with pytest.raises(UsageError, match="a mean needs at least one part"):
        weighted_mean("m", [], direction="lower")


counts = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


@given(st.lists(counts, min_size=1, max_size=6))
def test_the_mean_stays_among_its_children_and_is_no_wider_than_the_widest(children):
    found = weighted_mean("m", [proportion(k, n) for k, n in children], direction="higher")
    limits = [wilson(k, n) for k, n in children]
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert found.high - found.low <= max(high - low for low, high in limits) + 1e-12


def rate(k, n):
    return replace(proportion(k, n), method="Wilson")


def test_equal_rates_are_one_larger_sample():
    """Four tasks of ten that agree are nearly as sure as forty outputs."""
    found = weighted_mean("m", [rate(3, 10)] * 4, direction="higher")
    assert (found.low, found.high) == pytest.approx(wilson(12, 40), abs=0.02)
    assert found.method == COMBINED
    none = weighted_mean("m", [rate(0, 10)] * 4, direction="higher")
    assert (none.low, none.high) == pytest.approx(wilson(0, 40), abs=1e-6)


def test_rates_of_unequal_weight_keep_the_limits_of_the_heaviest():
    found = weighted_mean("m", [rate(6, 10), rate(0, 10)], (1, 16), direction="lower")
    assert found.method == "MOVER"
    assert found.high > 16 / 17 * wilson(0, 10)[1]


def simulated(rng, rates, size, runs):
    hits = rng.binomial(size, rates, (runs, len(rates)))
    found = [weighted_mean("m", [rate(k, size) for k in each], direction="higher") for each in hits]
    return Simulation.of(((each.low, each.high) for each in found), float(np.mean(rates)))


@runs(60, 3000)
@pytest.mark.parametrize("size", [12, 50])
def test_coverage_of_a_mean_of_few_cases_each(size, runs, evidence):
    """Scenarios of four or five tasks, where limits recovered from the parts' own held 90 to 94 %."""
    rng = np.random.default_rng(9)
    designs = (
        (0.9, 0.85, 0.7, 0.6),
        (0.8, 0.75, 0.7, 0.9, 0.85),
        (0.95,) * 3,
        (0.6, 0.02, 0.02, 0.02),
        (0.5, 0.4, 0.6),
    )
    found = [simulated(rng, rates, size, runs) for rates in designs]
    assert all(each.holds(0.94) for each in found), [*map(str, found)]
    total = Simulation.pooled(found)
    assert total.holds() and total.width < {12: 0.25, 50: 0.12}[size], total
    evidence(f"A mean of four or five tasks of {size} cases: five designs", total)


@runs(200, 6000)
def test_coverage_of_a_mean_of_unequal_tasks(runs, evidence):
    rng, intervals = np.random.default_rng(3), []
    sizes, rates = np.array([15, 40, 40, 100]), np.array([0.02, 0.1, 0.5, 0.9])
    for _ in range(runs):
        hits = rng.binomial(sizes, rates)
        found = weighted_mean("m", [proportion(*each) for each in zip(hits, sizes, strict=True)], direction="lower")
        intervals.append((found.low, found.high))
    total = Simulation.of(intervals, float(rates.mean()))
    assert total.holds() and total.width < 0.12, total
    evidence("A mean of four tasks of 15 to 100 cases", total)
