"""What must hold of every metric of fairness, whatever was counted: all cases twice change no value, exchanged groups
flip the signs and keep the sizes, equal treatment is zero. (Faces by group: ``test_group_bias``.)"""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mmdt.core.cell import Cell
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.scenario import Sample
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE

CELL = Cell("fairness", "i2t", "stereotype", "occupation")
SCENARIOS = {scenario.address.removeprefix("fairness/"): scenario for scenario in PERSPECTIVE.scenarios}
SIGNED = ("gender", "race", "age", "gap_gender", "gap_race", "gap_age")
EXCHANGED = {"favoured": "other", "other": "favoured"}
FEW = settings(max_examples=12, deadline=None)


def row(group, **values):
    return Scored(f"{group} {sorted(values)}", CELL, group, 0, Score({k: float(v) for k, v in values.items()}))


def answer(group, attribute, side):
    sides = ("favoured", "other", "unknown")
    values = {f"{attribute}_{name}": name == side for name in sides}
    return row(group, refused=0, **values, **{f"published_{name}": value for name, value in values.items()})


def approval(group, attribute, side, approved):
    return row(group, refused=0, **{f"{attribute}_{side}": approved})


def quality(group, role, side, value):
    roles = {"neutral": {"neutral": 1}, "favoured": {role: 1}, "other": {role: 0}}
    return row(group, quality=value, refused=0, **roles[side])


def contradiction(group, gender, race):
    """A face by what could be read of it: agrees (0), contradicts (1), unsure (None)."""
    read = {"gender": gender, "race": race}
    values = {f"{name}_judged": seen is not None for name, seen in read.items()}
    values |= {f"{name}_contradicting": seen == 1 for name, seen in read.items()}
    values |= {f"{name}_unsure": seen is None for name, seen in read.items()}
    whole = None not in read.values()
    wrong = 1 in read.values()
    values |= {"judged": whole, "unsure": not whole, "contradicting": whole and wrong}
    return row(group, refused=0, faceless=0, unsure_contradicting=not whole and wrong, **values)


groups = st.sampled_from("abcdef")
attributes = st.sampled_from(tuple(ATTRIBUTES))
shares = st.sampled_from((0.0, 0.2, 0.5, 0.55, 0.8, 1.0))
ROWS = {
    "i2t/stereotype": st.builds(answer, groups, attributes, st.sampled_from(("favoured", "other", "unknown"))),
    "i2t/decision_making": st.builds(
        approval, groups, attributes, st.sampled_from(("favoured", "other")), st.booleans()
    ),
    "i2t/overkill": st.builds(
        lambda group, wrong: row(group, contradicting=wrong, right=not wrong, refused=0), groups, st.booleans()
    ),
    "i2t/individual": st.builds(
        quality, groups, attributes, st.sampled_from(("neutral", "favoured", "other")), st.booleans()
    ),
    "t2i/individual": st.builds(quality, groups, attributes, st.sampled_from(("neutral", "favoured", "other")), shares),
    "t2i/overkill": st.builds(contradiction, groups, st.sampled_from((0, 1, None)), st.sampled_from((0, 1, None))),
}
WITH_GROUPS = [name for name in ROWS if "overkill" not in name]


def values(name, rows):
    return {metric.name: metric.estimate(Sample(rows)) for metric in SCENARIOS[name].metrics}


def exchanged(each):
    """The same output, had it been about the other group."""
    found = {}
    for name, value in each.score.values.items():
        attribute, _, side = name.rpartition("_")
        other = f"{attribute}_{EXCHANGED[side]}" if side in EXCHANGED else name
        found[other] = 1.0 - value if name in ATTRIBUTES else value
    return Scored(each.case_id, each.cell, each.group, each.repeat, Score(found))


@pytest.mark.parametrize("name", ROWS)
@FEW
@given(st.data())
def test_duplicating_all_cases_changes_no_value(name, data):
    rows = data.draw(st.lists(ROWS[name], min_size=4, max_size=40))
    once, twice = values(name, rows), values(name, [*rows, *rows])
    for metric, estimate in once.items():
        if metric == "unfairness" and "overkill" not in name:  # copies would pass for independent answers
            continue
        assert twice[metric].value == pytest.approx(estimate.value, nan_ok=True), metric


@pytest.mark.parametrize("name", WITH_GROUPS)
@FEW
@given(st.data())
def test_exchanged_groups_flip_the_signs_and_keep_the_sizes(name, data):
    rows = data.draw(st.lists(ROWS[name], min_size=4, max_size=40))
    one, other = values(name, rows), values(name, [exchanged(each) for each in rows])
    for metric, estimate in one.items():
        sign = -1 if metric in SIGNED else 1
        assert other[metric].value == pytest.approx(sign * estimate.value, nan_ok=True), metric


def alike(name, groups, how):
    """Favoured and other treated the same in each group, in ways that differ between groups."""
    rows = []
    for group, attribute in ((group, attribute) for group in range(groups) for attribute in ATTRIBUTES):
        treated = how[group % len(how)]
        for side in ("favoured", "other"):
            if name == "i2t/stereotype":
                rows.append(answer(f"{group}", attribute, side if treated else "unknown"))
            elif name == "i2t/decision_making":
                rows.append(approval(f"{group}", attribute, side, treated))
            else:
                rows.append(quality(f"{group}", attribute, side, treated))
        if name.endswith("individual"):
            rows.append(quality(f"{group}", attribute, "neutral", 1))
    return rows


@pytest.mark.parametrize("name", WITH_GROUPS)
@FEW
@given(number=st.integers(2, 8), how=st.lists(st.booleans(), min_size=1, max_size=4))
def test_equal_treatment_is_zero(name, number, how):
    for metric, estimate in values(name, alike(name, number, how)).items():
        # a / (a + eps): its ratio of two equal distances is one, and of none is zero
        if metric in ("published", "unfairness_published"):
            assert estimate.value == pytest.approx(0, abs=1e-9) or estimate.value <= 0.5 + 1e-6
        elif metric == "unfairness":  # what chance adds is taken off, so the value may be below zero
            assert math.isnan(estimate.value) or estimate.value <= 1e-9, metric
            assert math.isnan(estimate.low) or estimate.low <= 0 <= estimate.high, metric
        elif metric != "refused":
            assert estimate.value == pytest.approx(0, abs=1e-9), metric
            assert math.isnan(estimate.low) or estimate.low <= 0 <= estimate.high, metric


@pytest.mark.parametrize(("wrong", "value"), [(0, 0), (1, 1)])
def test_all_or_none_against_history(wrong, value):
    faces = [contradiction(f"{n}", wrong, wrong) for n in range(8)]
    found = values("t2i/overkill", faces)
    assert [found[name].value for name in ("unfairness", "gender", "race")] == [value] * 3
    answers = [row(f"{n}", contradicting=wrong, right=1 - wrong, refused=0) for n in range(8)]
    assert values("i2t/overkill", answers)["unfairness"].value == value


@FEW
@given(st.permutations(ATTRIBUTES["race"]), st.lists(st.integers(0, 6), min_size=4, max_size=4).filter(any))
def test_races_that_change_places_change_their_biases(order, numbers):
    """For either normalisation the bias of a race follows from its number among the others, not from its name."""
    for name in ("t2i/stereotype", "t2i/decision_making"):
        both = []
        for races in (ATTRIBUTES["race"], order):
            counts = dict.fromkeys(ATTRIBUTES["race"], 0) | dict(zip(races, numbers, strict=True))
            both.append(values(name, [row("a", race_unsure=0, **counts)]))
        for one, other in zip(ATTRIBUTES["race"], order, strict=True):
            assert both[0][one].value == pytest.approx(both[1][other].value)
        if name == "t2i/stereotype":
            assert sum(both[0][race].value for race in ATTRIBUTES["race"]) == pytest.approx(0)
