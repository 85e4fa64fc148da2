"""The people skills: what is planted is recovered by the real evaluators, scores and metrics, at nominal coverage."""

from collections import Counter

import pytest

from bench.coverage.exact import wilson_coverage
from bench.coverage.fairness_plans import (
    ONE_BIASED,
    about,
    approved,
    contradicted,
    picked,
    pictured,
    recognised,
)
from bench.coverage.pipeline import run, scored
from mmdt.core.protocols import Request
from mmdt.core.scenario import Sample
from mmdt.core.score import Scored
from mmdt.perspectives.fairness.scenarios import PERSPECTIVE
from mmdt.stats.coverage import check_ruler
from mmdt.stats.scoring import score
from mmdt.synthetic.organisms import open_organism
from mmdt.synthetic.people.read import read_people
from mmdt.synthetic.people.requests import word
from mmdt.validate.ruler import Trial, evaluators_of
from tests.simulation import Simulation, runs

SCENARIOS = {scenario.address: scenario for scenario in PERSPECTIVE.scenarios}
EVALUATORS = evaluators_of(PERSPECTIVE)


def answered(scenario, cases, organism, repeats=1):
    return scored(scenario, list(cases), organism, EVALUATORS, repeats)


def estimates(scenario, rows):
    return {metric.name: metric.estimate(Sample(rows)) for metric in scenario.metrics}


def test_a_bias_in_one_occupation_is_found_there_and_not_in_another():
    scenario = SCENARIOS["fairness/t2i/stereotype"]
    organism = open_organism("painter", {"seed": 4, "rates": ONE_BIASED})
    nurse = estimates(scenario, answered(scenario, about("occupation/nurse", 4), organism, repeats=30))
    pilot = estimates(scenario, answered(scenario, about("occupation/pilot", 4), organism, repeats=30))
    assert nurse["gender"].value == pytest.approx(-0.6, abs=0.2)
    assert pilot["gender"].value == pytest.approx(0, abs=0.25)
    assert nurse["gender_by_prompt"].extra["p"] < 0.01 < pilot["gender_by_prompt"].extra["p"]


def test_the_picture_shows_the_planted_and_the_requested_attributes():
    organism = open_organism(
        "painter", {"rates": {"fairness/t2i/*/gender": {"female": 1.0}, "fairness/t2i/act": {"draws": 1.0}}}
    )
    for asked in (None, ("gender", "male"), ("race", "black"), ("age", "old")):
        output = organism.answer(Request.of(word("a nurse", attribute=asked), wants="image", seed=3))
        (face,) = read_people(output.images[0].pil())
        assert face.gender == ("male" if asked == ("gender", "male") else "female")
        assert asked is None or getattr(face, asked[0]) == asked[1]


def test_refusals_and_faceless_pictures_are_not_biases():
    rates = {"fairness/t2i/act": {"filtered": 0.3, "hidden": 0.3, "open": 0.4}}
    scenario = SCENARIOS["fairness/t2i/stereotype"]
    rows = answered(scenario, about("occupation/chef", 4), open_organism("painter", {"rates": rates}), repeats=15)
    outcomes = Counter(row.score.outcome for row in rows)
    assert set(outcomes) == {"refused:filter", "faceless", "answered"}
    found = estimates(scenario, rows)
    assert found["refused"].value == pytest.approx(outcomes["refused:filter"] / 60)
    gender = found["gender"]
    assert gender.n == outcomes["faceless"] + outcomes["answered"]
    assert gender.value != gender.value  # nobody's presentation could be read
    assert found["age"].value == found["age"].value


def held(plan, seeds, evidence, conservative=("mean_size",)):
    """Assert that every metric of the plan is recovered, as far as this number of seeds can show.

    Where a bias is a straight line of a share of independent faces, the exact coverage of its interval is known and
    stands in place of 95 %. The intervals of sizes are conservative by construction, so their bias is not checked.
    """
    for metric, pairs in run(plan, EVALUATORS, range(seeds)).items():
        report = check_ruler(pairs)
        assert report.checked == seeds, (metric, report)
        expected = wilson_coverage(*plan.shares[metric]) if metric in plan.shares else None
        found = Simulation.reported(report)
        least = 0.95 if metric in conservative else expected or 0.94
        assert found.holds(least, among=len(plan.truth)), (plan.name, metric, expected, found)
        evidence(f"{plan.name}, {len(plan.cases(0))} cases: {metric}", found)
        if metric not in conservative:
            assert abs(report.bias) < 4 * report.width / 3.92 / seeds**0.5, (plan.name, metric, report)


@runs(20, 200)
@pytest.mark.parametrize(("key", "male"), [("occupation/nurse", 0.2), ("occupation/pilot", 0.5)])
def test_a_bias_of_80_to_20_and_none_are_recovered(key, male, runs, evidence):
    held(pictured(key, male), runs, evidence)


@runs(10, 100)
def test_biases_of_several_pictures_a_prompt_are_recovered(runs, evidence):
    held(pictured("occupation/nurse", 0.2, prompts=20, repeats=5), runs, evidence)


@runs(20, 200)
@pytest.mark.parametrize("unread", [0.0, 0.4])
def test_contradictions_are_recovered(unread, runs, evidence):
    held(contradicted(unread=unread), runs, evidence, conservative=())


@runs(20, 200)
@pytest.mark.parametrize(("name", "favoured", "other"), [("biased", 0.7, 0.4), ("nearly all", 0.95, 0.9)])
def test_approval_gaps_are_recovered(name, favoured, other, runs, evidence):
    """Where nearly everyone is approved, intervals of few files are wider than they need be, never narrower."""
    rare = () if name == "biased" else ("gender", "race", "age")
    held(approved(name, favoured, other), runs, evidence, ("mean_size", *rare))


@runs(20, 200)
def test_answers_that_take_sides_are_recovered(runs, evidence):
    held(picked("takes sides", 0.25, 0.15), runs, evidence, conservative=())


@runs(20, 200)
def test_gaps_in_accuracy_are_recovered(runs, evidence):
    """The truth of I_d lies at the bend of its formula; its interval is conservative there."""
    held(recognised(98), runs, evidence, conservative=("difference_age",))


def test_every_answer_of_the_reader_is_understood():
    expected = {
        "fairness/i2t/stereotype": {"favoured", "other", "unknown", "refused:text"},
        "fairness/i2t/decision_making": {"approved", "rejected", "refused:text"},
        "fairness/i2t/overkill": {"right", "wrong", "refused:text"},
        "fairness/i2t/individual": {"right", "wrong", "refused:text"},
    }
    for address, outcomes in expected.items():
        scenario = SCENARIOS[address]
        rows = answered(scenario, scenario.embedded(0, 12), open_organism("reader", {"seed": 2}), repeats=2)
        assert {row.score.outcome for row in rows} <= outcomes
        assert len({row.score.outcome for row in rows}) >= 2


def test_the_reader_picks_by_who_is_in_the_picture():
    rates = {"fairness/i2t/stereotype/*": {"favoured": 1.0}, "fairness/i2t/overkill/history": {"right": 1.0}}
    organism = open_organism("reader", {"rates": rates})
    for address, outcome in (("fairness/i2t/stereotype", "favoured"), ("fairness/i2t/overkill", "right")):
        scenario = SCENARIOS[address]
        rows = answered(scenario, scenario.embedded(7, 10), organism)
        assert {row.score.outcome for row in rows} == {outcome}


def test_the_truth_of_an_organism_names_cells_and_metrics_that_exist():
    cells = {str(cell): scenario for scenario in PERSPECTIVE.scenarios for cell in scenario.cells}
    truth = {
        cell: planted for cell, planted in open_organism("demo", {}).planted().items() if cell.startswith("fairness/")
    }
    assert len(truth) == 3 + 3 + 1 + 3 + 3 + 1
    for cell, planted in truth.items():
        assert planted.keys() <= {metric.name for metric in cells[cell].metrics}
        assert all(-1 <= value <= 1 for value in planted.values())


def test_scores_without_faces_read_are_missing():
    scenario = SCENARIOS["fairness/t2i/stereotype"]
    (case,) = about("occupation/judge", 1)
    organism = open_organism("painter", {"rates": {"fairness/t2i/act": {"draws": 1.0}}})
    answer = Trial(case, organism.answer(Request.of(case.prompt, wants="image")))
    row = score(answer, scenario)
    assert isinstance(row, Scored)
    assert row.score.outcome == "missing"
    assert "attributes" in row.score.missing
