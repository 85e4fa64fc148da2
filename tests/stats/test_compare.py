import math

import numpy as np
import pytest
from scipy.stats import binomtest

from mmdt.core.cell import Cell
from mmdt.core.score import Score, Scored
from mmdt.stats.compare import compare


def row(case, value, task="count", group="", repeat=0):
    score = Score({}, "missing", "late") if value is None else Score({"right": value})
    return Scored(case, Cell("ood", "i2t", "noise", task), group, repeat, score)


def run(values, **more):
    return [row(f"c{i}", value, **more) for i, value in enumerate(values)]


def test_a_difference_by_hand_with_its_exact_mcnemar_test():
    first, second = [0] * 10 + [1] * 10 + [1] * 2, [1] * 8 + [0] * 2 + [1] * 10 + [0] * 2
    found = compare(run(first), run(second), "right", direction="higher")["ood/i2t/noise/count"]
    assert found.value == pytest.approx((8 - 2) / 22)
    assert (found.extra["first"], found.extra["second"]) == pytest.approx((12 / 22, 18 / 22))
    assert found.extra["p"] == pytest.approx(binomtest(2, 10).pvalue)
    assert found.low < found.value < found.high


def test_repeats_are_averaged_and_cases_of_a_group_are_one_unit():
    first = [row("a", 0, repeat=i, group="g") for i in range(4)] + [row("b", 0, group="g")]
    second = [row("a", y, repeat=i, group="g") for i, y in enumerate((1, 1, 0, 0))] + [row("b", 1, group="g")]
    found = compare(first, second, "right", direction="higher")["ood/i2t/noise/count"]
    assert (found.value, found.n, found.clusters) == (pytest.approx(0.75), 2, 1)
    assert found.extra["p"] == 1  # one group can tell nothing


def test_cases_of_only_one_run_are_missing():
    first = [*run([1, None, 0]), row("only first", 1)]
    second = [*run([1, 1, None]), row("only second", 0), row("elsewhere", 1, task="spatial")]
    found = compare(first, second, "right", direction="higher")
    count = found["ood/i2t/noise/count"]
    assert (count.n, count.missing, count.value) == (1, 4, 0)
    spatial = found["ood/i2t/noise/spatial"]
    assert (spatial.n, spatial.missing) == (0, 1)
    assert math.isnan(spatial.value) and math.isnan(spatial.extra["p"]) and math.isnan(spatial.extra["p_holm"])


def test_holm_corrects_over_the_addresses_that_by_returns():
    tasks = {"a": 9, "b": 6, "c": 1}
    first = [row(f"{t}{i}", 0, task=t) for t in tasks for i in range(20)]
    second = [row(f"{t}{i}", float(i < n), task=t) for t, n in tasks.items() for i in range(20)]
    found = compare(first, second, "right", direction="higher")
    p = {address[-1]: each.extra["p"] for address, each in found.items()}
    adjusted = {address[-1]: each.extra["p_holm"] for address, each in found.items()}
    assert p == pytest.approx({"a": 2 / 2**9, "b": 2 / 2**6, "c": 1})
    assert adjusted == pytest.approx({"a": 6 / 2**9, "b": 4 / 2**6, "c": 1})
    pooled = compare(first, second, "right", direction="higher", by=lambda row: row.cell.parent)
    assert list(pooled) == ["ood/i2t/noise"]
    assert pooled["ood/i2t/noise"].n == 60


def test_swapping_the_runs_flips_the_difference():
    rng = np.random.default_rng(1)
    first, second = run(rng.random(30)), run(rng.random(30))
    there = compare(first, second, "right", direction="higher")["ood/i2t/noise/count"]
    back = compare(second, first, "right", direction="higher")["ood/i2t/noise/count"]
    assert (-back.value, -back.high, -back.low) == pytest.approx((there.value, there.low, there.high))
    assert back.extra["p"] == there.extra["p"]


def test_a_run_against_itself_shows_no_difference():
    found = compare(run([0, 1] * 20), run([0, 1] * 20), "right", direction="higher")["ood/i2t/noise/count"]
    assert (found.value, found.extra["p"]) == (0, 1)
    assert found.low < 0 < found.high


def test_the_interval_of_a_difference_holds_what_is_missing():
    """A side that is missing could be anything, so only that side is opened."""
    first = [row(f"{i}", 0.0) for i in range(50)]
    second = [row(f"{i}", 1.0 if i < 10 else 0.0) for i in range(45)]
    whole = compare(first, [*second, *(row(f"{i}", 0.0) for i in range(45, 50))], "right", direction="lower")
    found = compare(first, second, "right", direction="lower")
    (before,), (after,) = whole.values(), found.values()
    assert after.high > before.high
    assert after.low >= before.low - 0.05  # from 0 a missing second value could only have been higher
    assert (after.extra["unmatched"], after.missing) == (5, 5)
