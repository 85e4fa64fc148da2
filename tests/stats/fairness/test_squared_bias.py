"""The headline of fairness: unbiased, zero for a fair model, and covered at the nominal rate."""

import itertools
import math

import numpy as np
import pytest

from mmdt.core.cell import Cell
from mmdt.core.faces import ATTRIBUTES
from mmdt.core.scenario import Perspective, Sample, Scenario, Summary
from mmdt.core.score import Score, Scored
from mmdt.perspectives.fairness.metrics import answer_metrics, approval_metrics, group_metrics, individual_metrics
from mmdt.stats.fairness.pooled_gap import pooled_squared_gap
from mmdt.stats.fairness.questions import approvals, picks, pictured, qualities
from mmdt.stats.fairness.signed_bias import to_total
from mmdt.stats.fairness.squared_bias import MeanSquaredBias, squared_bias
from mmdt.stats.scorecard import scorecard
from tests.simulation import Simulation, runs

CELL = Cell("fairness", "t2i", "stereotype", "occupation")
ASKED = {"gender": 60, "race": 40, "age": 20}
"""Prompts that are read for each attribute in a run with default settings."""
WIDEST = 0.15


def row(unit, values, case="", repeat=0, group="", shared=""):
    return Scored(case or unit, CELL, group, repeat, Score(values), shared=shared)


def exact(probabilities, sides):
    """The expected value of ``squared_bias``, over every possible sample: ``sides`` are (weight, number of outputs)."""
    draws = [list(itertools.product((1.0, 0.0), repeat=number)) for _, number in sides]
    total = 0.0
    for sample in itertools.product(*draws):
        chance = math.prod(
            math.prod(p if value else 1 - p for value in side) for p, side in zip(probabilities, sample, strict=True)
        )
        parts = [(weight, np.array(side)[:, None]) for (weight, _), side in zip(sides, sample, strict=True)]
        total += chance * squared_bias(parts)
    return total


@pytest.mark.parametrize("p", [(0.5, 0.5), (0.9, 0.2), (1.0, 0.0), (0.3, 0.6)])
def test_the_squared_difference_of_two_rates_is_estimated_without_bias(p):
    assert exact(p, [(1.0, 3), (-1.0, 2)]) == pytest.approx((p[0] - p[1]) ** 2)


def test_one_output_of_a_side_says_nothing():
    assert math.isnan(squared_bias([(1.0, np.array([[1.0]])), (-1.0, np.array([[1.0], [0.0]]))]))


def prompt(number, counts, attribute="gender", shared=""):
    """A prompt with a row for each picture, from counts of the classes."""
    names = ATTRIBUTES[attribute]
    for repeat, picture in enumerate(counts):
        values = dict(zip(names, map(float, picture), strict=True)) | {f"{attribute}_unsure": 0.0}
        yield row(f"prompt {number}", values, repeat=repeat, shared=shared)


@pytest.mark.parametrize(("attribute", "classes"), [("gender", 2), ("race", 4)])
def test_one_group_alone_is_one_whatever_the_number_of_classes(attribute, classes):
    rows = [each for number in range(9) for each in prompt(number, [[3, *[0] * (classes - 1)]] * 5, attribute)]
    estimate = MeanSquaredBias(pictured)(Sample(rows))
    assert estimate.value == pytest.approx(1) and estimate.extra["root"] == pytest.approx(1)
    assert 0.6 < estimate.low < 1 <= estimate.high


def test_by_hand():
    """Of five pictures four are of men: ((4 - 1)**2 - 5) / 20 = 0.2. Of two, one: -1."""
    rows = [*prompt(0, [[1, 0]] * 4 + [[0, 1]]), *prompt(1, [[1, 0], [0, 1]])]
    estimate = MeanSquaredBias(pictured)(Sample(rows))
    assert estimate.value == pytest.approx((0.2 - 1) / 2)
    assert (estimate.n, estimate.clusters, estimate.extra["root"]) == (7, 2, 0)


def test_a_prompt_asked_once_is_left_out_and_counted():
    rows = [*prompt(0, [[1, 0]] * 5), *prompt(1, [[1, 0]] * 5), *prompt(2, [[0, 1]])]
    assert MeanSquaredBias(pictured)(Sample(rows)).extra["once"] == 1
    assert math.isnan(MeanSquaredBias(pictured)(Sample(rows[-1:])).value)


def once(rng, male):
    """Thirty prompts with one picture each."""
    return [each for n in range(30) for each in prompt(n, [[1, 0] if rng.random() < male else [0, 1]])]


@runs(150, 3000)
@pytest.mark.parametrize("male", [0.5, 0.8])
def test_prompts_asked_once_give_the_square_of_the_mean_bias(male, runs, evidence):
    rng, truth = np.random.default_rng(6), (2 * male - 1) ** 2
    found = [MeanSquaredBias(pictured)(Sample(once(rng, male))) for _ in range(runs)]
    assert {each.extra["asked_once"] for each in found} == {30}
    held = Simulation.of(((each.low, each.high) for each in found), truth)
    assert held.holds(), held
    values = np.array([each.value for each in found])
    assert abs(values.mean() - truth) < 4 * values.std() / runs**0.5
    evidence(f"30 prompts asked once, {male:.0%} men: squared mean bias", held)


def test_prompts_asked_once_give_the_same_without_some_of_them_as_the_others_alone():
    rng = np.random.default_rng(7)
    rows = once(rng, 0.7)
    for number in range(12):  # of some clusters several prompts, and of most none about this attribute
        counts = [[float(each) for each in rng.multinomial(3, [0.4, 0.3, 0.2, 0.1])]]
        rows += prompt(f"of race {number}", counts, "race", shared=f"prompt {number % 5}")
    groups = {each.cluster: str(place % 4) for place, each in enumerate(rows)}
    found = MeanSquaredBias(pictured).values_without(Sample(rows), groups)
    rest = {name: [each for each in rows if groups[each.cluster] != name] for name in "0123"}
    assert found == {name: MeanSquaredBias(pictured)(Sample(each)).value for name, each in rest.items()}
    assert len(set(found.values())) == 4


def test_opposite_biases_do_not_cancel_out():
    rows = [each for n in range(10) for each in prompt(n, [[1, 0]] * 5 if n % 2 else [[0, 1]] * 5)]
    assert MeanSquaredBias(pictured)(Sample(rows)).value == pytest.approx(1)


def pair(number, favoured, attribute="gender", unclear=0):
    """A question in both orders, each with the sides (+1, -1, 0) that were picked."""
    for order, sides in enumerate(favoured):
        for repeat, side in enumerate(sides):
            values = {f"{attribute}_favoured": 1.0 * (side > 0), f"{attribute}_other": 1.0 * (side < 0)}
            values[f"{attribute}_unknown"] = 1.0 * (side == 0)
            yield row(f"pair {number}", values, f"pair {number} {order}", repeat, f"pair {number}")
        for repeat in range(unclear):
            yield row("", {f"{attribute}_unclear": 1.0}, f"pair {number} {order}", 50 + repeat, f"pair {number}")


def test_always_saying_a_is_no_bias():
    rows = [each for number in range(9) for each in pair(number, [[1] * 5, [-1] * 5])]
    estimate = MeanSquaredBias(picks)(Sample(rows))
    assert estimate.value == 0 and estimate.low <= 0 <= estimate.high < 0.3


def test_unclear_answers_bound_the_bias():
    rows = [each for number in range(9) for each in pair(number, [[1, 1, 0, 0]] * 2, unclear=4)]
    extra = MeanSquaredBias(picks)(Sample(rows)).extra
    assert extra["if_missing_low"] < 0.1 < 0.5 < extra["if_missing_high"]


def fair_rows(kind, rng, bias=None):
    """The rows of one run with default settings. ``bias``: that of each question, instead of none."""
    found = []
    for attribute, number in ASKED.items():
        for question in range(number if kind == "pictured" else number // 2):
            tilt = 0.0 if bias is None else bias(rng)
            found += _question(kind, rng, attribute, question, tilt)
    return found


def _question(kind, rng, attribute, number, tilt):
    name = f"{attribute} {number}"
    if kind == "pictured":
        classes = len(ATTRIBUTES[attribute])
        odds = np.full(classes, (1 - tilt) / classes) + tilt * np.eye(classes)[0]
        counts = [rng.multinomial(rng.integers(1, 3), odds) for _ in range(5)]
        return prompt(name, counts, attribute, shared=f"stem {number}")  # read for several attributes
    if kind == "picks":
        return pair(name, rng.choice([1, -1, 0], (2, 5), p=[0.3 + tilt / 2, 0.3 - tilt / 2, 0.4]), attribute)
    own = rng.uniform(0.3, 0.7)
    rates = {"favoured": own + tilt / 2, "other": own - tilt / 2}
    return [
        row(
            name,
            {f"{attribute}_{side}": float(found)}
            if kind == "approvals"
            else {"quality": 0.3 + 0.4 * found, attribute: float(side == "favoured")},
            f"{name} {side}",
            repeat,
            name,
        )
        for side, rate in rates.items()
        for repeat, found in enumerate(rng.random(5 if kind == "approvals" else 10) < rate)
    ]


QUESTIONS = {"pictured": pictured, "picks": picks, "approvals": approvals, "qualities": qualities}


@runs(40, 1500)
@pytest.mark.parametrize("kind", QUESTIONS)
def test_a_fair_model_is_covered_at_the_nominal_rate(kind, runs, evidence):
    """With default sizes: zero is in the interval, the mean over runs is zero, and the interval is narrow enough."""
    rng = np.random.default_rng(1)
    found = [MeanSquaredBias(QUESTIONS[kind])(Sample(fair_rows(kind, rng))) for _ in range(runs)]
    held = Simulation.of(((each.low, each.high) for each in found), 0.0)
    assert held.holds(), held
    values = np.array([each.value for each in found])
    assert abs(values.mean()) < 4 * values.std() / runs**0.5
    assert held.width < WIDEST
    evidence(f"A fair model, {kind}: unfairness", f"{held}; mean value {values.mean():+.4f}")


def uneven(rng):
    return rng.choice([0.0, 0.5])


@runs(40, 1500)
@pytest.mark.parametrize("kind", ["pictured", "picks", "approvals"])
def test_a_planted_bias_is_covered(kind, runs, evidence):
    """Half of the questions are biased by one half: the mean squared bias is an eighth."""
    rng, truth = np.random.default_rng(2), 0.5**2 / 2
    found = [MeanSquaredBias(QUESTIONS[kind])(Sample(fair_rows(kind, rng, uneven))) for _ in range(runs)]
    held = Simulation.of(((each.low, each.high) for each in found), truth)
    assert held.holds(), held
    evidence(f"Half of the questions biased by one half, {kind}: unfairness", held)


def people(rng, number, gap):
    """A published who-is-it question for each person: every case is about one side of each attribute."""
    for person in range(number):
        sides = {name: float(rng.random() < 0.5) for name in ATTRIBUTES}
        right = float(rng.random() < 0.7 + gap * (sides["gender"] - 0.5))
        yield row(f"person {person}", {"quality": right, **sides})


@runs(200, 4000)
@pytest.mark.parametrize("gap", [0.0, 0.3])
def test_the_gap_between_people_is_covered(gap, runs, evidence):
    rng, truth = np.random.default_rng(3), gap**2 / 3
    found = [pooled_squared_gap(list(people(rng, 80, gap))) for _ in range(runs)]
    held = Simulation.of(((each.low, each.high) for each in found), truth)
    assert held.holds(), held
    values = np.array([each.value for each in found])
    assert abs(values.mean() - truth) < 4 * values.std() / runs**0.5
    evidence(f"Who is it, 80 people, gap {gap}: unfairness", held)


def test_people_who_are_all_recognised_leave_an_interval():
    rows = [row(f"person {n}", {"quality": 1.0, "gender": n % 2, "race": n % 2, "age": n % 2}) for n in range(20)]
    estimate = pooled_squared_gap(rows)
    assert estimate.value == 0 and estimate.low < 0 < estimate.high < 0.2


def test_the_mean_of_two_scenarios_covers_zero_too():
    """The summary is made from the parts' intervals, which reach below zero."""
    names, rng = ("stereotype", "decision_making"), np.random.default_rng(4)
    kinds = dict(zip(names, ("picks", "approvals"), strict=True))
    metrics = {"stereotype": answer_metrics(), "decision_making": approval_metrics()}
    scenarios = tuple(
        Scenario("fairness", "t2i", name, name, None, lambda *_: Score(), metrics[name][:1], "unfairness")
        for name in names
    )
    summary = Summary("group", "Group", "unfairness", tuple(each.address for each in scenarios))
    found = []
    for _ in range(40):
        rows = [
            Scored(each.case_id, Cell("fairness", "t2i", name, "x"), each.group, each.repeat, each.score)
            for name in names
            for each in fair_rows(kinds[name], rng)
        ]
        card = scorecard([Perspective("fairness", "Fairness", scenarios, (summary,))], rows)
        found.append(card.result("fairness/group").estimate())
    assert Simulation.of(((each.low, each.high) for each in found), 0.0).holds()


@pytest.mark.parametrize(
    "metrics",
    [
        group_metrics(to_total, "Stereotype score"),
        answer_metrics(),
        approval_metrics(),
        individual_metrics(pooled=True),
    ],
    ids=["pictured", "picks", "approvals", "qualities"],
)
def test_a_headline_from_few_outputs_says_so_and_has_the_plain_size_beside_it(metrics):
    assert metrics[0].name == "unfairness" and metrics[0].widest == WIDEST
    assert {"mean_size", "bounded"} & {metric.name for metric in metrics}


def test_too_few_is_marked():
    few, many = ([each for n in range(k) for each in prompt(n, [[1, 0]] * (n % 6) + [[0, 1]] * 3)] for k in (4, 400))
    metrics = group_metrics(to_total, "Stereotype score")[:1]
    own = Scenario("fairness", "t2i", "stereotype", "Own", None, lambda *_: Score(), metrics, "unfairness")
    shown = [scorecard([Perspective("fairness", "F", (own,))], rows).results[0].estimate() for rows in (few, many)]
    assert [each.extra.get("too_few") for each in shown] == [1.0, None]
