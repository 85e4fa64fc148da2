"""The parts of a comparison: matching, sign flips, families, and what each cluster contributes."""

import math
from dataclasses import replace

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Score, Scored
from mmdt.stats.fairness.questions import pictured
from mmdt.stats.fairness.squared_bias import MeanSquaredBias
from mmdt.stats.metrics import mean_given, mean_of
from mmdt.stats.paired.contributions import GROUPS, sums_of
from mmdt.stats.paired.family import adjusted
from mmdt.stats.paired.flips import sign_flip_tests
from mmdt.stats.paired.matching import match
from mmdt.stats.paired.pairs import pair_up
from mmdt.stats.permutation import sign_flip_test
from mmdt.stats.rollup import Rows

CELL = Cell("hallucination", "i2t", "natural", "a")
METRICS = (mean_of("x"), mean_of("on"), mean_given("x", "on", name="given"))


def row(case, cluster="", weight=1.0, **values):
    return Scored(str(case), CELL, cluster or str(case), 0, Score(values), weight=weight)


def test_cases_are_matched_and_the_others_counted():
    first = [row(1, x=1.0), row(2, x=0.0), row(3), row(4, x=1.0)]
    second = [row(1, x=0.0), row(3, x=1.0), row(4, x=1.0), row(5, x=1.0)]
    found = match(first, second)
    assert [each.case_id for each in found.first] == [each.case_id for each in found.second] == ["1", "4"]
    counts = found.cells[str(CELL)]
    assert (counts.matched, counts.missing, counts.unmatched) == (2, 1, 2)


def test_a_sample_keeps_standing_for_its_cell():
    first = [row(i, x=1.0, weight=5.0) for i in range(4)]
    second = [row(i, x=1.0, weight=5.0) for i in range(2, 6)]
    assert sum(each.weight for each in match(first, second).first) == pytest.approx(20)


@pytest.mark.parametrize("declared", [mean_of("x"), mean_given("x", "on")])
def test_parts_add_up_to_the_value(declared):
    rng = np.random.default_rng(1)
    rows = [row(i, f"c{i // 3}", x=float(rng.random() < 0.4), on=float(rng.random() < 0.7)) for i in range(60)]
    sums = sums_of(declared, Rows(rows))
    assert sums.value == pytest.approx(declared.estimate(Rows(rows).sample).value)
    assert math.fsum(sums.shares.values()) == pytest.approx(1)


@pytest.mark.parametrize("clusters", [30, 400])
def test_the_jackknife_of_a_mean_has_the_variance_of_its_influences(clusters):
    rng = np.random.default_rng(2)
    rows = [row(i, f"c{i % clusters}", x=float(rng.random() < 0.4)) for i in range(800)]
    exact, other = mean_of("x"), mean_of("x").estimate
    opaque = Metric("x", "x", "higher", lambda sample: replace(other(sample)))
    one, two = (sums_of(each, Rows(rows)) for each in (exact, opaque))
    assert two.value == pytest.approx(one.value)
    assert two.grouped == (clusters > GROUPS)
    spreads = [sum((each.parts[c] - each.value * each.shares[c]) ** 2 for c in each.parts) for each in (one, two)]
    assert spreads[1] == pytest.approx(spreads[0], rel=0.6 if two.grouped else 0.05)


def test_flips_agree_with_the_single_test():
    rng = np.random.default_rng(3)
    tables = [dict(enumerate(rng.normal(shift, 1, number))) for shift, number in ((0.3, 8), (0.2, 60), (0.0, 60))]
    named = [{str(key): value for key, value in each.items()} for each in tables]
    for found, each in zip(sign_flip_tests(named), named, strict=True):
        assert found == pytest.approx(sign_flip_test(list(each.values())), abs=0.02)


def test_a_plain_difference_has_a_p_far_below_one_in_ten_thousand():
    rng = np.random.default_rng(4)
    (p,) = sign_flip_tests([{str(i): value for i, value in enumerate(rng.uniform(0.5, 1, 100))}])
    assert 0 < p < 1e-12


def test_nothing_differs_where_both_runs_agree_up_to_rounding():
    assert sign_flip_tests([{"a": 1e-18, "b": -2e-19}]) == [1.0]


def test_families():
    p = {"a": 0.01, "b": 0.04, "c": math.nan, "d": 0.03}
    holm, bh = adjusted(p, "holm"), adjusted(p, "bh")
    assert holm["a"] == pytest.approx(0.03) and holm["d"] == pytest.approx(0.06) and math.isnan(holm["c"])
    assert bh["a"] == pytest.approx(0.03) and bh["d"] == bh["b"] == pytest.approx(0.04)


@pytest.mark.parametrize("repeats", [1, 3])
@pytest.mark.parametrize("clusters", [12, 150])
def test_a_bias_that_reads_each_question_once_has_the_jackknife_of_the_whole(repeats, clusters):
    rng = np.random.default_rng(5)
    rows = [
        replace(
            row(
                i // repeats, f"c{i // repeats % clusters}", male=float(rng.integers(3)), female=float(rng.integers(3))
            ),
            repeat=i % repeats,
        )
        for i in range(300)
    ]
    rows = [replace(each, score=replace(each.score, values={**each.score.values, "gender_unsure": 0})) for each in rows]
    quick = MeanSquaredBias(pictured)
    whole = Metric("bias", "bias", "lower", quick.__call__)  # has no values_without of its own
    one, two = (sums_of(each, Rows(rows)) for each in (Metric("bias", "bias", "lower", quick), whole))
    assert quick.values_without(Rows(rows).sample, {each.cluster: each.cluster for each in rows})
    assert one == two
    assert one is not None


def lacking(each, *names):
    values = {name: value for name, value in each.score.values.items() if name not in names}
    return replace(each, score=replace(each.score, values=values, missing="the judge failed"))


def test_a_case_without_a_verdict_in_one_run_counts_in_neither():
    first = [row(i, x=float(i < 5), on=1.0) for i in range(10)]
    first = [lacking(each, "x") if i < 5 else each for i, each in enumerate(first)]
    second = [row(i, x=float(i < 5), on=1.0) for i in range(10)]
    found = match(first, second)
    for rows in (found.first, found.second):
        assert [each.case_id for each in rows if "x" in each.score.values] == ["5", "6", "7", "8", "9"]
        assert all(each.score.values["on"] == 1 for each in rows)
    assert found.cells[str(CELL)].matched == 10


def test_a_component_that_does_not_apply_is_not_missing():
    first = [row(1, x=1.0), lacking(row(2, on=0.0, x=0.0), "x")]
    second = [row(1, x=1.0, depth=3.0), row(2, on=0.0, x=1.0)]
    found = match(first, second)
    assert found.second[0].score.values == {"x": 1.0, "depth": 3.0}
    assert found.second[1].score.values == {"on": 0.0}


def test_a_repeat_with_a_verdict_is_enough():
    one, other = row(1, x=1.0), replace(row(1, x=0.0), repeat=1)
    second = [row(1, x=1.0), replace(row(1, x=1.0), repeat=1)]
    assert [each.score.values for each in match([lacking(one, "x"), other], second).second] == [{"x": 1.0}] * 2


def test_cells_may_be_interleaved_and_outputs_that_change_nothing_are_the_same_objects():
    cells = [replace(CELL, task=task) for task in "ab"]
    first = [replace(row(case, x=1.0), cell=cells[case % 2]) for case in range(10)]
    second = [replace(each, cell=replace(each.cell)) for each in reversed(first)][:-1]  # lacks case 0
    second[0] = replace(second[0], score=Score({}, "missing", "no answer"))  # case 9
    found = match(first, second)
    assert [id(each) for each in found.first] == [id(each) for each in first[1:9]]
    assert [id(each) for each in found.second] == [id(each) for each in second[1:]]
    assert [[id(each) for each in rows] for rows in found.asked] == [
        [id(each) for each in first[1:]],
        [id(each) for each in second],
    ]
    counts = [(each.matched, each.missing, each.unmatched) for each in found.cells.values()]
    assert dict(zip(found.cells, counts, strict=True)) == {str(cells[0]): (4, 0, 1), str(cells[1]): (4, 1, 0)}


def test_repeats_of_a_case_stand_for_its_weight_once():
    first = [replace(row(case, x=1.0, weight=3.0), repeat=repeat) for repeat in range(2) for case in range(4)]
    second = [replace(row(case, x=1.0), repeat=repeat) for repeat in range(2) for case in range(1, 4)]
    found = match(first, second)
    assert [each.weight for each in found.first] == [each.weight for each in found.second] == [4.0] * 6  # 12 of 3 cases


def test_what_is_missing_is_counted_number_by_number():
    scenario = Scenario("hallucination", "i2t", "natural", "Natural", ("a",), lambda *_: Score(), METRICS, "x")
    first = [row(i, x=1.0, on=float(i % 2)) for i in range(8)]
    second = [row(i, x=1.0, on=float(i % 2)) for i in range(8)]
    first[0], second[1] = lacking(first[0], "x"), lacking(second[1], "x")
    pairs = pair_up([Perspective("hallucination", "Hallucination", (scenario,))], first, second)
    counts = {metric: pair.counts for (address, metric), pair in pairs.items() if address.endswith("natural")}
    assert (counts["x"].matched, counts["x"].missing) == (6, 2)
    assert (counts["on"].matched, counts["on"].missing) == (8, 0)
    assert (counts["given"].matched, counts["given"].missing) == (7, 1)  # case 0 is not about it
