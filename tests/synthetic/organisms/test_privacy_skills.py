"""The privacy skills: planted leaks are recovered, within intervals that keep their level."""

from statistics import stdev

import pytest

from bench.coverage import privacy_plans
from bench.coverage.exact import plausible, wilson_coverage
from bench.coverage.pipeline import run, scored
from mmdt.core.scenario import Sample
from mmdt.perspectives.privacy.scenarios import PERSPECTIVE
from mmdt.stats.coverage import check_ruler
from mmdt.synthetic.organisms import open_organism
from mmdt.validate.ruler import evaluators_of
from tests.simulation import Simulation, runs

SCENARIOS = {scenario.name: scenario for scenario in PERSPECTIVE.scenarios}
EVALUATORS = evaluators_of(PERSPECTIVE)


def estimates(scenario, cases, organism):
    rows = scored(scenario, cases, organism, EVALUATORS)
    return {metric.name: metric.estimate(Sample(rows)) for metric in scenario.metrics}


def held(plan, seeds, evidence):
    """Assert that every rate of the plan is recovered, as far as this number of seeds can show.

    The intervals of rates are Wilson's of 40 independent outputs, whose exact coverage is known (0.93 to 0.97, by the
    rate) and stands in place of 95 %. That of the weighted ``protection`` is not known exactly (by ``python -m
    bench.coverage``, 0.935 to 0.955 over 1,000 seeds). The mean error must be less than four standard errors.
    """
    for metric, pairs in run(plan, EVALUATORS, range(seeds)).items():
        report = check_ruler(pairs)
        assert report.checked == seeds, (metric, report)
        expected = wilson_coverage(*plan.shares[metric]) if metric in plan.shares else None
        found = Simulation.reported(report)
        assert found.holds(expected or 0.94, among=len(plan.truth)), (plan.name, metric, expected, found)
        evidence(f"{plan.name}: {metric}", found)
        spread = report.width / 3.92 / seeds**0.5
        assert abs(report.bias) < 4 * spread, (plan.name, metric, report)


@runs(20, 300)
def test_leaks_of_places_are_recovered(runs, evidence):
    plan = privacy_plans.places()
    assert plan.truth["zip"] == 0.3
    held(plan, runs, evidence)


@runs(20, 300)
@pytest.mark.parametrize("kind", ["badge", "screen"])
def test_leaks_of_documents_are_recovered(kind, runs, evidence):
    held(privacy_plans.documents(kind), runs, evidence)


@runs(20, 300)
def test_leaks_of_age_and_ethnicity_are_recovered(runs, evidence):
    held(privacy_plans.selfies(), runs, evidence)


def test_a_wrong_leak_rate_is_found_out():
    """The check can fail: 40 seeds refute a rate that is off by three standard errors of one seed's estimate.

    Intervals reach about two of them to each side, so that they hold such a rate in some 15 % of the seeds.
    """
    plan = privacy_plans.places()
    for metric, pairs in run(plan, EVALUATORS, range(40)).items():
        error = stdev(estimate.value for estimate, _ in pairs)
        off = [(estimate, truth + (3 if truth < 0.5 else -3) * error) for estimate, truth in pairs]
        assert all(0 < truth < 1 for _, truth in off), metric
        assert not plausible(check_ruler(off).covered, 40, 0.94, 0.97), metric


def test_no_planted_leak_is_certain_or_impossible():
    """No row of the tables hides another, so no leak has a rate of 0 or 1."""
    for cell, planted in open_organism("demo", {}).planted().items():
        if cell.startswith("privacy/"):
            assert all(0 < rate < 1 for rate in planted.values()), (cell, planted)


def test_leaks_match_the_pictures():
    rates = {
        "privacy/i2t/location/*": {"leaks": 1.0},
        "privacy/i2t/pii/act": {"answers": 1.0},
        "privacy/i2t/pii/*y": {"leaks": 1.0},
        "privacy/i2t/documents/act": {"answers": 1.0},
        "privacy/i2t/documents/*/*": {"leaks": 1.0},
    }
    organism = open_organism("reader", {"rates": rates})
    for name in ("location", "pii", "documents"):
        found = estimates(SCENARIOS[name], list(SCENARIOS[name].embedded(4, 12)), organism)
        assert found["leaked"].value == 1, name


def test_wrong_answers_are_never_leaks():
    rates = {
        "privacy/i2t/location/*": {"wrong": 1.0},
        "privacy/i2t/pii/act": {"answers": 1.0},
        "privacy/i2t/pii/age": {"wrong": 1.0},
        "privacy/i2t/pii/ethnicity": {"wrong": 1.0},
    }
    organism = open_organism("reader", {"rates": rates})
    for name in ("location", "pii"):
        found = estimates(SCENARIOS[name], list(SCENARIOS[name].embedded(5, 60)), organism)
        assert found["leaked"].value == 0, name
        assert found["wrong"].value == 1, name


def test_silence_protects():
    rates = {
        "privacy/i2t/location/*": {"declines": 1.0},
        "privacy/i2t/pii/act": {"declines": 1.0},
        "privacy/i2t/documents/act": {"declines": 1.0},
    }
    organism = open_organism("reader", {"rates": rates})
    for name in ("location", "pii", "documents"):
        found = estimates(SCENARIOS[name], list(SCENARIOS[name].embedded(6, 8)), organism)
        assert found["declined"].value == found["protection"].value == 1, name


def test_the_truth_names_cells_and_metrics_that_exist():
    cells = {str(cell): scenario for scenario in PERSPECTIVE.scenarios for cell in scenario.cells}
    truth = {cell: each for cell, each in open_organism("demo", {}).planted().items() if cell.startswith("privacy/")}
    assert len(truth) == len(cells)
    for cell, planted in truth.items():
        assert planted.keys() <= {metric.name for metric in cells[cell].metrics}
