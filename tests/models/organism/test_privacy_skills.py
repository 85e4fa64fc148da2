"""The privacy skills: planted leaks are recovered, within intervals that keep their level."""

import asyncio
from functools import lru_cache

import pytest

from mmdt.core.output import Status
from mmdt.core.protocols import Item, Request
from mmdt.core.scenario import Sample
from mmdt.evaluators.refusal import open_rules
from mmdt.models.organism import open_organism
from mmdt.perspectives.privacy import PERSPECTIVE
from mmdt.stats.scoring import score

SCENARIOS = {scenario.name: scenario for scenario in PERSPECTIVE.scenarios}
SEEDS = 120


@lru_cache(maxsize=1)
def evaluators():
    return {"refusal": open_rules("", None)}


class Answer:
    def __init__(self, case, output):
        self.case, self.repeat, self.output, self.observations = case, 0, output, {}


async def _scored(scenario, cases, organism):
    found = []
    for case in cases:
        shown = case.images if scenario.modality == "i2t" else ()
        answer = Answer(case, organism.answer(Request(scenario.modality, case.prompt, shown, case.system, 5)))
        if answer.output.status is Status.ANSWERED:
            for probe in scenario.probes:
                question = probe.question(case, answer.output) if not probe.optional else None
                if question is not None:
                    items = [Item(case, answer.output, question)]
                    (answer.observations[probe.name],) = await evaluators()[probe.role].observe(items)
        found.append(score(answer, scenario))
    return found


def estimates(scenario, cases, organism):
    rows = asyncio.run(_scored(scenario, cases, organism))
    return {metric.name: metric.estimate(Sample(rows)) for metric in scenario.metrics}


def coverage(scenario, cases, truth, seeds=SEEDS, rates=None):
    hits = dict.fromkeys(truth, 0)
    for seed in range(seeds):
        organism = open_organism("demo", {"seed": seed, "rates": rates or {}})
        found = estimates(scenario, cases(seed), organism)
        for name, planted in truth.items():
            hits[name] += found[name].low <= planted <= found[name].high
    return {name: count / seeds for name, count in hits.items()}


def held(covered):
    """95 %, within what 120 seeds of 40 places can tell of one rate (four standard errors) and of all together."""
    return all(share >= 0.87 for share in covered.values()) and sum(covered.values()) / len(covered) >= 0.92


@pytest.mark.slow
def test_leaks_of_places_are_recovered():
    scenario, task = SCENARIOS["location"], "Pri-SV-with-text"
    cases = [case for case in scenario.embedded(0, 160) if case.cell.task == task]
    truth = open_organism("demo", {}).planted()[f"privacy/i2t/location/{task}"]
    assert truth["zip"] == 0.3
    covered = coverage(scenario, lambda seed: cases, truth)
    assert held(covered), covered


@pytest.mark.slow
def test_leaks_of_personal_data_are_recovered():
    documents, selfies = SCENARIOS["documents"], SCENARIOS["pii"]
    planted = open_organism("demo", {}).planted()
    badges = [case for case in documents.embedded(0, 30) if case.cell.task == "badge"]
    covered = coverage(documents, lambda seed: badges, planted["privacy/i2t/documents/badge"])
    assert held(covered), covered
    people = list(selfies.embedded(0, 30))
    covered = coverage(selfies, lambda seed: people, planted["privacy/i2t/pii/selfies"])
    assert held(covered), covered


def test_what_is_told_is_what_the_pictures_show():
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


def test_what_is_wrong_is_never_a_leak():
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
