import math
from dataclasses import replace

import pytest

from mmdt.core.cell import Cell
from mmdt.core.scenario import Metric, Perspective, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.errors import UsageError
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.intervals.wilson import wilson
from mmdt.stats.metrics import mean_of, paired_difference
from mmdt.stats.scorecard import KnownScenarios, comparable, numbers, scorecard

TASKS = ("action", "attribute", "count", "identification", "spatial")
RIGHT = mean_of("right", title="Accuracy")


def scenario(name, tasks=TASKS, metrics=(RIGHT,), headline="right", **more):
    return Scenario("hallucination", "i2t", name, name.title(), tasks, lambda *_: Score(), metrics, headline, **more)


def perspective(*scenarios, summaries=()):
    return Perspective("hallucination", "Hallucination", scenarios, summaries)


def cell(name, task):
    return Cell("hallucination", "i2t", name, task)


def rows(name, task, right, total=100, missing=0, group=""):
    scores = [Score({"right": float(i < right)}, "right" if i < right else "wrong") for i in range(total)]
    scores += [Score.unknown("timeout: late")] * missing
    return [Scored(f"{name}{task}{i}", cell(name, task), group and f"{group}{i}", 0, s) for i, s in enumerate(scores)]


def natural(name="natural", rights=(7, 7, 50, 18, 11)):
    return [row for task, right in zip(TASKS, rights, strict=True) for row in rows(name, task, right)]


def test_the_authors_example_scenario_by_scenario_and_above():
    declared = perspective(
        scenario("natural", rollup="mean"),
        scenario("misleading", rollup="mean"),
        summaries=(
            Summary("i2t", "Image to text", "right", ("hallucination/i2t/natural", "hallucination/i2t/misleading")),
            Summary("overall", "Overall", "right", ("i2t", "hallucination/i2t/natural"), (3, 1)),
        ),
    )
    card = scorecard([declared], natural() + natural("misleading", (58, 94, 82, 81, 76)))
    assert card.complete
    assert card.result("hallucination/i2t/natural").estimate().value == pytest.approx(0.186)
    assert card.result("hallucination/i2t/misleading").estimate("right").value == pytest.approx(0.782)
    i2t = card.result("hallucination/i2t")
    assert i2t.estimate().value == pytest.approx((0.186 + 0.782) / 2)
    assert (i2t.level, i2t.title, i2t.tally.total, i2t.estimate().clusters) == ("summary", "Image to text", 1000, 1000)
    overall = card.result("hallucination/overall")
    assert overall.estimate().value == pytest.approx((3 * (0.186 + 0.782) / 2 + 0.186) / 4)
    assert overall.tally == i2t.tally


def test_order_follows_the_declaration_and_found_tasks_are_sorted():
    declared = perspective(
        scenario("natural", rollup="mean"),
        scenario("harm", tasks=None),
        summaries=(Summary("i2t", "All", "right", ("hallucination/i2t/natural",)),),
    )
    card = scorecard([declared], rows("harm", "zeal", 1, 2) + rows("harm", "anger", 1, 2) + natural()[::-1])
    assert [each.address.removeprefix("hallucination/") for each in card.results] == [
        "i2t",
        "i2t/natural",
        *[f"i2t/natural/{task}" for task in TASKS],
        "i2t/harm",
        "i2t/harm/anger",
        "i2t/harm/zeal",
    ]


def test_pooling_counts_outputs_and_the_mean_counts_tasks():
    found = rows("pooled", "count", 10, 10) + rows("pooled", "spatial", 0, 30)
    pooled = scorecard([perspective(scenario("pooled", ("count", "spatial")))], found)
    assert pooled.result("hallucination/i2t/pooled").estimate().value == 0.25
    mean = scorecard([perspective(scenario("pooled", ("count", "spatial"), rollup="mean"))], found)
    assert mean.result("hallucination/i2t/pooled").estimate().value == 0.5


def test_what_is_missing_makes_the_card_incomplete_and_is_bounded():
    card = scorecard([perspective(scenario("natural"))], rows("natural", "count", 30, 60, missing=40))
    count = card.result("hallucination/i2t/natural/count")
    assert not card.complete
    assert (count.tally.missing, count.tally.why_missing) == (40, {"timeout: late": 40})
    assert count.estimate().value == 0.5
    assert count.estimate().extra == pytest.approx({"if_missing_low": 0.3, "if_missing_high": 0.7})
    assert (count.estimate().low, count.estimate().high) == (wilson(30, 100)[0], wilson(70, 100)[1])


def test_a_component_that_is_missing_without_a_reason_still_makes_it_incomplete():
    found = [*rows("natural", "count", 1, 2), Scored("odd", cell("natural", "count"), "", 0, Score({}, "right"))]
    assert not scorecard([perspective(scenario("natural"))], found).complete


def test_a_mean_without_one_of_its_tasks_has_no_value():
    card = scorecard([perspective(scenario("natural", rollup="mean"))], natural()[:400])
    estimate = card.result("hallucination/i2t/natural").estimate()
    assert math.isnan(estimate.value) and math.isnan(estimate.high)
    assert estimate.extra == pytest.approx({"absent": 1, "mean_of_present": (0.07 + 0.07 + 0.5 + 0.18) / 4})
    assert card.result("hallucination/i2t/natural/count").estimate().value == 0.5


def test_a_pooled_number_reports_absent_tasks():
    card = scorecard([perspective(scenario("natural"))], natural()[:400])
    estimate = card.result("hallucination/i2t/natural").estimate()
    assert estimate.value == pytest.approx((0.07 + 0.07 + 0.5 + 0.18) / 4)
    assert estimate.extra["absent"] == 1
    assert "absent" not in card.result("hallucination/i2t/natural/count").estimate().extra
    whole = scorecard([perspective(scenario("natural"))], natural()).result("hallucination/i2t/natural")
    assert "absent" not in whole.estimate().extra


def test_a_summary_with_an_absent_part_has_no_value_and_one_without_any_is_left_out():
    declared = perspective(
        scenario("natural"),
        scenario("ocr"),
        summaries=(
            Summary("some", "Some", "right", ("hallucination/i2t/natural", "hallucination/i2t/ocr")),
            Summary("none", "None", "right", ("hallucination/i2t/ocr",)),
            Summary("above", "Above", "right", ("some", "none")),
        ),
    )
    card = scorecard([declared], natural())
    assert [each.address for each in card.results if each.level == "summary"] == [
        "hallucination/some",
        "hallucination/above",
    ]
    some = card.result("hallucination/some").estimate()
    assert math.isnan(some.value)
    assert some.extra == pytest.approx({"absent": 1, "mean_of_present": 0.186})
    assert math.isnan(card.result("hallucination/above").estimate().value)


def test_tasks_that_share_their_pictures_do_not_pretend_to_be_independent():
    """Ten questions about each picture, all right or all wrong: as uncertain as one question."""
    tasks = tuple(f"t{i}" for i in range(10))
    declared = [perspective(scenario("natural", tasks, rollup="mean"))]
    shared = [row for task in tasks for row in rows("natural", task, 30, group="picture")]
    apart = [row for task in tasks for row in rows("natural", task, 30)]
    together, alone = (
        scorecard(declared, each).result("hallucination/i2t/natural").estimate() for each in (shared, apart)
    )
    assert together.value == alone.value == pytest.approx(0.3)
    assert (together.clusters, alone.clusters) == (100, 1000)
    assert (together.low, together.high) == pytest.approx(wilson(30, 100), abs=1e-3)
    assert (alone.low, alone.high) == pytest.approx(wilson(300, 1000), abs=1e-3)


def test_metrics_without_influence_count_as_independent():
    def halved(sample):
        values = [row.score.values["right"] / 2 for row in sample.rows]
        return mean_estimate("half", values, [row.cluster for row in sample.rows], direction="higher")

    half = Metric("half", "Half", "higher", halved)
    declared = [perspective(scenario("natural", ("a", "b"), (RIGHT, half), rollup="mean"))]
    found = rows("natural", "a", 30, group="picture") + rows("natural", "b", 30, group="picture")
    own = scorecard(declared, found).result("hallucination/i2t/natural").estimate("half")
    assert own.value == pytest.approx(0.15)


def test_paired_metrics_find_their_baseline_task_by_task():
    drop = paired_difference("right")
    declared = perspective(
        scenario("clean", ("count", "spatial")),
        scenario("noise", ("count", "spatial"), (RIGHT, drop), baseline="clean"),
    )
    found = [
        *rows("clean", "count", 80, group="p"),
        *rows("clean", "spatial", 20, group="p"),
        *rows("noise", "count", 30, group="p"),
        *rows("noise", "spatial", 20, group="p"),
    ]
    card = scorecard([declared], found)
    assert card.result("hallucination/i2t/noise/count").estimate("drop").value == pytest.approx(0.5)
    assert card.result("hallucination/i2t/noise/spatial").estimate("drop").value == 0
    assert card.result("hallucination/i2t/noise").estimate("drop").value == pytest.approx(0.25)
    assert card.complete


def test_nothing_is_not_complete():
    assert scorecard([perspective(scenario("natural"))], []).results == ()
    assert not scorecard([perspective(scenario("natural"))], []).complete


def test_an_output_of_an_unknown_scenario_is_an_error():
    with pytest.raises(UsageError, match="the scenario hallucination/i2t/natural is not installed"):
        scorecard([perspective(scenario("ocr"))], natural())


@pytest.mark.parametrize(
    ("summaries", "message"),
    [
        ([Summary("a", "A", "right", ("b",)), Summary("b", "B", "right", ("a",))], r"made from itself \(a > b > a\)"),
        ([Summary("a", "A", "right", ("hallucination/i2t/natural",), (1, 2))], "2 weights for 1 parts"),
        ([Summary("a", "A", "soft", ("hallucination/i2t/natural",))], "needs the metric 'soft'"),
    ],
)
def test_an_invalid_summary_is_an_error(summaries, message):
    with pytest.raises(UsageError, match=message):
        scorecard([perspective(scenario("natural"), summaries=tuple(summaries))], natural())


def test_an_unknown_address_or_metric_is_an_error():
    card = scorecard([perspective(scenario("natural"))], natural())
    with pytest.raises(UsageError, match="no 'hallucination/i2t/ocr'"):
        card.result("hallucination/i2t/ocr")
    with pytest.raises(UsageError, match=r"unknown metric 'soft' \(hallucination/i2t/natural\): use one of: right"):
        card.result("hallucination/i2t/natural").estimate("soft")


def test_a_hundred_thousand_outputs_are_estimated():
    """About a second's work; anything quadratic in the number of outputs would not end within the test's timeout."""
    tasks = tuple(f"t{i}" for i in range(20))
    metrics = (RIGHT, mean_of("right", name="wrong", direction="lower"))
    names = [f"s{i}" for i in range(10)]
    declared = perspective(
        *(scenario(name, tasks, metrics, rollup="mean") for name in names),
        summaries=(Summary("all", "All", "right", tuple(f"hallucination/i2t/{name}" for name in names)),),
    )
    found = [row for name in names for task in tasks for row in rows(name, task, 200, 500, group="p")]
    card = scorecard([declared], found)
    assert card.result("hallucination/all").estimate().value == pytest.approx(0.4)


def test_the_same_outputs_are_computed_once_and_others_are_not_taken_for_them():
    known, mine = KnownScenarios(), natural()
    declared = [perspective(scenario("natural"))]
    first = comparable(declared, mine, known)
    again = comparable(declared, list(mine), known)
    assert [one is other for one, other in zip(first, again, strict=True)] == [True] * len(first)
    changed = [replace(mine[0], score=Score({"right": 1 - mine[0].score.values["right"]})), *mine[1:]]
    other = comparable(declared, changed, known)
    assert other[0].nodes["right"].estimate.value != first[0].nodes["right"].estimate.value
    assert other[0].nodes["right"].estimate.value == numbers(declared, changed)[0].nodes["right"].estimate.value


def test_numbers_to_compare_have_the_values_and_bounds_of_the_scorecard_and_no_intervals():
    declared, mine = [perspective(scenario("natural"))], [*natural(), *rows("natural", TASKS[0], 1, 3, 2)]
    for full, bare in zip(numbers(declared, mine), comparable(declared, mine), strict=True):
        one, other = full.nodes["right"].estimate, bare.nodes["right"].estimate
        assert (one.value, one.n, one.missing, one.extra) == (other.value, other.n, other.missing, other.extra)
        assert math.isnan(other.low)
        assert math.isnan(other.high)
