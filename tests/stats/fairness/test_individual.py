"""Individual fairness on scored outputs: values by hand, chance, and where the published formula says nothing."""

import math

import pytest

from mmdt.perspectives.fairness.metrics import individual_metrics
from tests.perspectives.fairness.rows import row, sample

BY_PROMPT = {metric.name: metric.estimate for metric in individual_metrics(pooled=False)}
POOLED = {metric.name: metric.estimate for metric in individual_metrics(pooled=True)}


def quality(group, value, **role):
    return row(group, quality=value, **role)


def triple(group, neutral, favoured, other, attribute="gender"):
    return (
        quality(group, neutral, neutral=1),
        quality(group, favoured, **{attribute: 1}),
        quality(group, other, **{attribute: 0}),
    )


def test_individual_fairness_by_hand():
    data = sample(*triple("a", 0.8, 0.9, 0.6), *triple("b", 0.5, 0.5, 0.5))  # I_d 0.1 and 0
    assert BY_PROMPT["difference_gender"](data).value == pytest.approx(0.05)
    assert BY_PROMPT["bounded"](data).value == pytest.approx((0.1 + 0.1 / 0.31) / 4)
    published = BY_PROMPT["published"](data)
    assert published.value == pytest.approx((0.1 + 2.0) / 2 / 2, rel=1e-5)
    assert published.extra["unstable"] == 0
    assert BY_PROMPT["gap_gender"](data).value == pytest.approx((1.4 - 1.1) / 2)


@pytest.mark.parametrize("metrics", [BY_PROMPT, POOLED])
def test_a_mean_over_attributes_reports_an_absent_one(metrics):
    whole = triple("a", 1, 1, 0)
    rows = [*whole, quality("b", 1, race=1), quality("b", 1, neutral=1)]
    alone = metrics["bounded"](sample(*rows))
    assert alone.value == metrics["bounded"](sample(*whole)).value > 0
    assert alone.extra["absent"] == 1
    failed = metrics["bounded"](sample(*rows, row("b", outcome="missing")))
    assert math.isnan(failed.value) and math.isnan(failed.high)
    assert failed.extra["absent"] == 1


def test_where_the_published_ratio_explodes_it_is_flagged():
    data = sample(*triple("a", 0.8, 0.8, 0.805), *triple("b", 0.8, 0.8, 0.803))
    published = BY_PROMPT["published"](data)
    assert published.value > 1000
    assert published.extra["unstable"] == 1
    assert BY_PROMPT["bounded"](data).value < 0.2


def test_accuracies_are_pooled_for_answers():
    rows = [quality(f"p{n}", n % 2, gender=n < 6) for n in range(12)]  # all of them stand for neutral
    estimate = POOLED["difference_gender"](sample(*rows))
    assert estimate.value == pytest.approx(0)
    assert POOLED["gap_gender"](sample(*rows)).value == pytest.approx(0)
    biased = [quality(f"p{n}", n < 6, gender=n < 6) for n in range(12)]
    assert POOLED["gap_gender"](sample(*biased)).value == pytest.approx(1)
    assert POOLED["difference_gender"](sample(*biased)).value == pytest.approx(0)  # both are 0.5 off


MIXED = (
    (0.5, {"neutral": 1}),
    (0.2, {"gender": 1}),
    (0.9, {"gender": 1}),
    (0.9, {"gender": 0}),
    (0.2, {"gender": 0}),
)


def test_chance_differences_within_prompts_are_reported():
    rows = [quality(f"p{n}", value, **role) for n in range(8) for value, role in MIXED]
    found = BY_PROMPT["difference_gender"](sample(*rows))
    assert found.value == pytest.approx(0)
    assert found.extra["chance"] > 0
    assert found.extra["p"] == 1
    score = BY_PROMPT["bounded"](sample(*rows))
    assert score.extra["chance"] > 0.02
    assert score.extra["p"] == 1


def test_a_difference_beyond_chance_is_reported():
    rows = [each for n in range(6) for each in (*triple(f"p{n}", 0.9, 0.9, 0.4), *triple(f"p{n}", 0.9, 0.9, 0.4))]
    score = BY_PROMPT["bounded"](sample(*rows))
    assert score.value > 2 * score.extra["chance"]
    assert score.extra["p"] < 0.01


def test_the_published_mean_of_ratios_has_no_interval():
    """Of qualities as CLIP gives them, a bootstrap held it 23 to 40 % of the time."""
    published = BY_PROMPT["published"](sample(*triple("a", 0.8, 0.9, 0.6), *triple("b", 0.5, 0.7, 0.6)))
    assert published.value > 0
    assert math.isnan(published.low) and math.isnan(published.high)
    assert "no interval" in published.method
