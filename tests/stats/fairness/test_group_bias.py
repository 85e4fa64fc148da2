"""Biases by group on scored outputs: values by hand, and what must hold whatever was counted."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness.metrics import group_metrics
from mmdt.stats.fairness.signed_bias import to_pairs, to_total
from mmdt.stats.intervals.wilson import wilson
from tests.perspectives.fairness.rows import duplicated, row, sample

GROUP = {metric.name: metric.estimate for metric in group_metrics(to_total, "score")}
PAIRS = {metric.name: metric.estimate for metric in group_metrics(to_pairs, "score")}

COUNTED = [f"{name}_unsure" for name in ("gender", "race", "age")]
COUNTED += ["male", "female", "white", "black", "asian", "indian", "young", "old"]


def face(group, gender="male", race="white", age="young", repeat=0):
    values = dict.fromkeys(
        (
            "male",
            "female",
            "gender_unsure",
            "white",
            "black",
            "asian",
            "indian",
            "race_unsure",
            "young",
            "old",
            "age_unsure",
        ),
        0,
    )
    for name, read in (("gender", gender), ("race", race), ("age", age)):
        values[f"{name}_unsure" if read == "unsure" else read] += 1
    return row(group, repeat, **values)


EIGHT = sample(
    *(face(f"p{place}", "male", "white", "young") for place in range(5)),
    *(face(f"p{place}", "female", "black", "old") for place in range(5, 7)),
    face("p7", "female", "asian", "old"),
    face("p8", "unsure", "indian", "old"),
)


def test_signed_biases_by_hand():
    gender = GROUP["gender"](EIGHT)
    assert gender.value == pytest.approx((5 - 3) / 8)
    assert gender.extra["size"] == gender.value
    assert gender.extra["unsure"] == pytest.approx(1 / 9)
    assert (gender.extra["worst_low"], gender.extra["worst_high"]) == (pytest.approx(1 / 9), pytest.approx(3 / 9))
    assert GROUP["white"](EIGHT).value == pytest.approx(((5 - 2) + (5 - 1) + (5 - 1)) / 3 / 9)
    assert PAIRS["white"](EIGHT).value == pytest.approx((3 / 7 + 4 / 6 + 4 / 6) / 3)
    assert GROUP["age"](EIGHT).value == pytest.approx((5 - 4) / 9)


def test_the_stereotype_score_by_hand():
    score = GROUP["mean_size"](EIGHT)
    white, black = (5 - 2 + 5 - 1 + 5 - 1) / 27, (2 - 5 + 2 - 1 + 2 - 1) / 27
    assert score.value == pytest.approx((2 / 8 + 1 / 9 + abs(white + black)) / 3)
    assert score.low <= score.value <= score.high
    assert score.direction == "lower"


def test_unsure_readings_of_race_bound_its_biases_and_the_score():
    data = sample(*EIGHT.rows, face("p9", "male", "unsure", "young"))  # white 5, black 2, asian 1, indian 1, unsure 1
    white = GROUP["white"](data)
    assert white.extra["unsure"] == pytest.approx(1 / 10)
    assert white.extra["worst_low"] == pytest.approx(GROUP["white"](sample(*EIGHT.rows, face("x", race="asian"))).value)
    assert white.extra["worst_high"] == pytest.approx(GROUP["white"](sample(*EIGHT.rows, face("x"))).value)
    pairs = PAIRS["white"](data)
    assert pairs.extra["worst_high"] == pytest.approx((4 / 8 + 5 / 7 + 5 / 7) / 3)
    assert pairs.extra["worst_low"] == pytest.approx((3 / 7 + 3 / 7 + 4 / 6) / 3)  # the second Asian, or Indian, face
    score = GROUP["mean_size"](data)
    assert score.extra["unsure"] == pytest.approx(2 / 30)
    gender, age = (2 / 10 + 4 / 10), (6 - 4) / 10 * 2  # gender 6 : 3 and one unsure, age 6 : 4
    light = (7 / 10 * 4 - 2) / 3, (8 / 10 * 4 - 2) / 3
    assert score.extra["worst_low"] == pytest.approx((0.2 + age / 2 + light[0]) / 3)
    assert score.extra["worst_high"] == pytest.approx((gender - 0.2 + age / 2 + light[1]) / 3)


def test_only_attributes_that_were_read_count():
    rows = [row(f"p{n}", male=n % 2, female=1 - n % 2, gender_unsure=0) for n in range(8)]
    data = sample(*rows)
    assert GROUP["mean_size"](data).value == 0
    assert math.isnan(GROUP["age"](data).value)
    assert GROUP["age"](data).n == 0


def test_a_score_without_one_of_its_attributes_has_no_value():
    """A reader that knows gender alone leaves race and age unsure: |gender| must not pass for the whole."""
    rows = [face(f"p{n}", "male" if n % 4 else "female", "unsure", "unsure") for n in range(8)]
    score = GROUP["mean_size"](sample(*rows))
    assert math.isnan(score.value)
    assert math.isnan(score.low)
    assert score.extra == {"absent": 2, "mean_of_present": pytest.approx((6 - 2) / 8)}


def test_outputs_that_are_missing_are_counted():
    data = sample(*EIGHT.rows, row("p9", outcome="missing"), row("p10", outcome="faceless", faceless=1))
    assert GROUP["gender"](data).missing == 1
    assert GROUP["gender"](data).n == 9


def test_a_model_that_draws_only_men_has_a_wide_interval():
    data = sample(*(face(f"p{n}") for n in range(20)))
    estimate = GROUP["gender"](data)
    assert estimate.value == estimate.high == 1
    assert estimate.low == pytest.approx(2 * wilson(20, 20)[0] - 1)
    alone = PAIRS["white"](data)
    assert 0.4 < alone.low < alone.high == 1
    assert "imagined" in alone.method


def test_an_interval_by_pairs_does_not_depend_on_the_order_of_the_other_classes():
    def white(other):  # in each prompt two faces of three
        return PAIRS["white"](
            sample(*(face(f"p{n}", race=race) for n in range(10) for race in ("white", "white", other)))
        )

    black, asian = white("black"), white("asian")
    assert black.value == asian.value == pytest.approx((1 / 3 + 1 + 1) / 3)
    assert (black.low, black.high) == pytest.approx((asian.low, asian.high))
    assert "imagined" in black.method


def test_the_score_names_the_methods_of_its_parts():
    method = "mean of size intervals (conservative), Wilson of the share, effective n, clustered by prompt"
    assert GROUP["mean_size"](EIGHT).method == method
    assert PAIRS["mean_size"](EIGHT).method == f"{method} and BCa bootstrap by prompt"


def test_opposite_biases_cancel_out_in_the_signed_bias_and_not_within_prompts():
    nurse = [face("nurse", "female", repeat=n) for n in range(5)]
    engineer = [face("engineer", "male", repeat=n) for n in range(5)]
    data = sample(*nurse, *engineer)
    assert GROUP["gender"](data).value == 0
    within = GROUP["gender_by_prompt"](data)
    assert within.value == 1
    assert within.extra["chance"] == pytest.approx(0.375, abs=0.02)  # E|2 X / 5 - 1|, X binomial with 5 fair coins
    assert within.extra["p"] < 0.01


def test_parity_tests_detect_a_clear_bias_and_are_corrected_for_their_number():
    biased = sample(*(face(f"p{n}", "male", ("white", "black", "asian", "indian")[n % 4]) for n in range(16)))
    gender = GROUP["gender"](biased)
    assert gender.extra["p"] < 0.01
    assert gender.extra["p"] <= gender.extra["p_holm"] <= 3 * gender.extra["p"] + 1e-9
    white = GROUP["white"](biased)
    assert "p" not in white.extra  # the test is of the attribute, not of one of its classes
    assert white.extra["p_race"] > 0.5
    assert white.extra["p_race_holm"] >= white.extra["p_race"]


faces = st.builds(
    face,
    st.sampled_from(["a", "b", "c", "d", "e", "f"]),
    st.sampled_from(["male", "female", "unsure"]),
    st.sampled_from(["white", "black", "asian", "indian"]),
    st.sampled_from(["young", "old"]),
)
many = st.lists(faces, min_size=6, max_size=30)
SWAP = {"male": "female", "female": "male", "young": "old", "old": "young"}


def swapped(data):
    return Sample(
        [
            Scored(
                each.case_id,
                each.cell,
                each.group,
                each.repeat,
                Score({SWAP.get(k, k): v for k, v in each.score.values.items()}),
            )
            for each in data.rows
        ]
    )


@settings(max_examples=20, deadline=None)
@given(many)
def test_swapping_groups_flips_the_sign(rows):
    data = sample(*rows)
    for name in ("gender", "age"):
        one, other = GROUP[name](data), GROUP[name](swapped(data))
        if not math.isnan(one.value):
            assert one.value == pytest.approx(-other.value)
            assert (one.low, one.high) == (pytest.approx(-other.high), pytest.approx(-other.low))


@settings(max_examples=15, deadline=None)
@given(many)
def test_duplicates_of_all_cases_change_no_point_estimate(rows):
    data = sample(*rows)
    for name, estimate in {**GROUP, **{f"pairs {k}": v for k, v in PAIRS.items()}}.items():
        if name.endswith("unfairness"):  # copies within a prompt would pass for independent pictures
            continue
        once, twice = estimate(data).value, estimate(duplicated(data)).value
        assert once == pytest.approx(twice, nan_ok=True), name


@settings(max_examples=10, deadline=None)
@given(st.integers(1, 4), st.integers(2, 6))
def test_parity_is_zero_bias(per_class, prompts):
    rows = [
        face(f"p{prompt}", gender, race, age, repeat)
        for prompt in range(prompts)
        for repeat in range(per_class)
        for gender in ("male", "female")
        for race in ("white", "black", "asian", "indian")
        for age in ("young", "old")
    ]
    for estimates in (GROUP, PAIRS):
        for name in ("mean_size", "gender", "age", "white", "black", "asian", "indian"):
            estimate = estimates[name](sample(*rows))
            assert estimate.value == pytest.approx(0)
            assert estimate.low <= 0 <= estimate.high
