import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mmdt.core.cell import Cell
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.metrics import mean_given, mean_of, paired_difference


def row(case, values, task="count", group="", repeat=0):
    return Scored(case, Cell("ood", "i2t", "noise", task), group, repeat, Score(values))


def test_mean_of_takes_the_outputs_that_have_the_component():
    rows = [row("a", {"right": 1}), row("b", {"right": 0}), row("c", {"other": 1}), row("d", {"right": 0})]
    found = mean_of("right", title="Accuracy").estimate(Sample(rows))
    assert (found.metric, found.value, found.n, found.missing) == ("right", pytest.approx(1 / 3), 3, 1)
    assert (found.low, found.high) == pytest.approx((wilson(1, 4)[0], wilson(2, 4)[1]))


def test_repeats_of_a_case_and_cases_of_a_group_are_one_cluster():
    rows = [row("a", {"right": 1}, repeat=i) for i in range(3)]
    rows += [row("b", {"right": 0}, group="g"), row("c", {"right": 0}, group="g")]
    assert mean_of("right").estimate(Sample(rows)).clusters == 2


def test_tasks_of_a_scenario_are_strata():
    rows = [row(f"{task}{i}", {"right": right}, task=task) for task, right in (("a", 1), ("b", 0)) for i in range(20)]
    found = mean_of("right").estimate(Sample(rows))
    assert found.value == 0.5
    assert found.high - found.low < 0.6 * (wilson(20, 40)[1] - wilson(20, 40)[0])


def test_a_metric_says_how_it_is_shown():
    assert mean_of("right").percent
    assert not mean_of("km", bounds=None).percent
    metric = mean_of("harmful", name="hgr", title="HGR", direction="lower")
    assert (metric.name, metric.title, metric.direction) == ("hgr", "HGR", "lower")


def test_mean_given_leaves_out_what_is_not_valid_and_counts_it():
    rows = [
        row("a", {"valid": 1, "kept": 1}),
        row("b", {"valid": 1, "kept": 0}),
        row("c", {"valid": 0, "kept": 0}),
        row("d", {"valid": 0}),
        row("e", {"valid": 1}),  # valid, but what became of it is not known
        row("f", {}),
    ]
    found = mean_given("kept", "valid", name="robust").estimate(Sample(rows))
    assert (found.value, found.n, found.missing, found.extra["excluded"]) == (0.5, 2, 2, 2)


def test_paired_difference_matches_by_group_and_task():
    clean = [
        row("c1", {"right": 1}, group="p1"),
        row("c2", {"right": 1}, group="p2"),
        row("c2", {"right": 0}, group="p2", repeat=1),
        row("c3", {"right": 0}, task="color", group="p1"),
    ]
    rows = [
        row("n1", {"right": 0}, group="p1"),  # 1 - 0
        row("n2", {"right": 1}, group="p2"),  # 0.5 - 1
        row("n3", {"right": 0}, task="color", group="p1"),  # 0 - 0
        row("n4", {"right": 1}, group="p9"),  # no clean match
        row("n5", {"right": 1}),  # no group
        row("n6", {}, group="p1"),
    ]
    found = paired_difference("right").estimate(Sample(rows, clean))
    assert found.value == pytest.approx((1 - 0.5 + 0) / 3)
    assert (found.n, found.clusters, found.missing, found.direction) == (3, 2, 3, "lower")
    assert found.extra["clean"] == pytest.approx(0.5)
    assert -1 <= found.low < found.value < found.high <= 1


def test_a_baseline_with_other_tasks_is_matched_by_group_alone():
    clean = [row("c1", {"right": 1}, task="plain", group="p1"), row("c2", {"right": 0}, task="extra", group="p1")]
    found = paired_difference("right").estimate(Sample([row("n1", {"right": 0}, group="p1")], clean))
    assert found.value == 0.5
    found = paired_difference("right").estimate(Sample([row("n1", {"right": 0}, group="p1")], clean[:1]))
    assert found.value == 1.0


def test_a_group_that_is_the_id_of_another_case_has_the_mean_of_both():
    clean = [row("a", {"right": 1}, group="b"), row("b", {"right": 0}), row("c", {"right": 0}, group="c"), row("d", {})]
    rows = [row("n1", {"right": 0}, group="b"), row("n2", {"right": 0}, group="c"), row("n3", {"right": 0}, group="d")]
    found = paired_difference("right").estimate(Sample(rows, clean))
    assert (found.value, found.n, found.missing) == (0.25, 2, 1)


def test_nothing_matched_is_missing_not_zero():
    found = paired_difference("right").estimate(Sample([row("n1", {"right": 0}, group="p1")]))
    assert math.isnan(found.value)
    assert (found.n, found.missing) == (0, 1)
    assert "clean" not in found.extra


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.integers(0, 1)), min_size=1, max_size=30))
def test_influences_cancel_and_their_squares_are_the_variance(cases):
    rows = [row(case, {"right": y}) for case, y in cases]
    influence = mean_of("right").estimate.influence(Sample(rows))
    mean = sum(y for _, y in cases) / len(cases)
    assert sum(influence.values()) == pytest.approx(0, abs=1e-12)
    expected = sum((sum(y - mean for c, y in cases if c == case) / len(cases)) ** 2 for case in "abcde")
    assert sum(value**2 for value in influence.values()) == pytest.approx(expected)


@given(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=30))
def test_a_paired_difference_is_the_difference_of_the_means_and_flips_when_swapped(pairs):
    clean = [row(f"c{i}", {"right": a}, group=f"g{i}") for i, (a, _) in enumerate(pairs)]
    now = [row(f"n{i}", {"right": b}, group=f"g{i}") for i, (_, b) in enumerate(pairs)]
    metric = paired_difference("right")
    there, back = metric.estimate(Sample(now, clean)), metric.estimate(Sample(clean, now))
    assert there.value == pytest.approx(sum(a - b for a, b in pairs) / len(pairs))
    assert (-back.value, -back.high, -back.low) == pytest.approx((there.value, there.low, there.high))
