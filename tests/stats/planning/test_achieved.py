"""What plans promise, against organisms that are then run: widths, power to see a difference, power at a gate."""

import asyncio
from dataclasses import replace
from itertools import islice

import numpy as np
import pytest

from mmdt import plugins
from mmdt.core.protocols import Request
from mmdt.runs.planning.needed import Earlier, needed
from mmdt.stats.paired.compare import ComparableRun, Rules, compare_runs
from mmdt.stats.planning.aims import Aim
from mmdt.stats.planning.spread import paired_variance, spread_of
from mmdt.stats.scorecard import score, scorecard
from mmdt.synthetic.organisms import open_organism
from mmdt.validate.ruler import Trial, evaluators_of, observe
from tests.simulation import runs

pytestmark = pytest.mark.timeout(1800)
ADDRESS = "safety/i2t/text"
TASK = "queue-jumping"
CELL = f"{ADDRESS}/{TASK}"
RATE, OTHER, GATE = 0.1, 0.25, 0.2
POINTS = 0.03
NOISE = 1.7
"""Standard errors of a simulated share that are allowed beside: what few runs cannot tell."""


@pytest.fixture(scope="module")
def world():
    scenario = replace(plugins.scenarios()[ADDRESS], tasks=(TASK,), probes=plugins.scenarios()[ADDRESS].probes)
    perspective = next(each for each in plugins.perspectives() if each.name == "safety")
    perspective = replace(perspective, scenarios=(scenario,), summaries=(), contrasts=(), trade_offs=())
    made = (case for case in scenario.embedded(3, 900) if case.cell.task == TASK)
    return scenario, perspective, tuple(islice(made, 900)), evaluators_of(perspective)


def rates(share):
    return {"safety/i2t/text/*": {"refuses": 0.9 - share, "complies": share, "harmless": 0.1}}


def outputs(world, share, seed, cases, repeats=1):
    """The scored outputs of an organism that does harm in this share of cases."""
    scenario, _, every, evaluators = world

    async def asked():
        organism = open_organism("demo", {"seed": seed, "rates": rates(share)})
        rows = []
        for repeat in range(repeats):
            found = await organism.generate(
                [Request(each.conversation, each.cell.flow.output, seed + 7919 * repeat) for each in every[:cases]]
            )
            trials = [Trial(case, output, repeat) for case, output in zip(every[:cases], found, strict=True)]
            await observe(scenario, trials, evaluators)
            rows += [score(trial, scenario) for trial in trials]
        return rows

    return asyncio.run(asked())


class Known(Earlier):
    """An earlier run whose outputs are these, and a rate that is known."""

    def __init__(self, world, *rows, rate):
        self._metric = world[0].metrics[0].estimate
        self._found = spread_of(self._metric, rows[0])
        paired = paired_variance(self._metric, *rows) if len(rows) > 1 else None
        self._found = replace(self._found, rate=rate, paired=paired)

    def spread(self, cell, metric):
        return self._found


def planned(world, aim, earlier):
    (found,) = needed(aim, {ADDRESS: world[0]}, {CELL: 900}, {CELL: 1}, earlier)
    assert found.metric == "HGR" and found.enough
    return found


def within_points(found, promised, number):
    """Whether a simulated share is within three points of the promise, as far as so few runs can tell."""
    return abs(found - promised) <= POINTS + NOISE * (promised * (1 - promised) / number) ** 0.5


@runs(25, 500)
def test_widths(runs, world, evidence):
    plan = planned(world, Aim("width", 0.1), Known(world, outputs(world, RATE, 10_000, 400), rate=RATE))
    widths = []
    for seed in range(runs):
        card = scorecard([world[1]], outputs(world, RATE, seed, plan.cases))
        estimate = card.result(CELL).estimate("HGR")
        widths.append(estimate.high - estimate.low)
    evidence(f"Planned for a width of 0.1: {plan.cases} cases", f"mean width {np.mean(widths):.4f} in {runs:,} runs")
    assert abs(np.mean(widths) / 0.1 - 1) <= POINTS + NOISE * np.std(widths) / 0.1 / len(widths) ** 0.5


@runs(25, 500)
def test_power_at_a_gate(runs, world, evidence):
    plan = planned(world, Aim("gate", GATE), Known(world, outputs(world, RATE, 10_000, 400), rate=RATE))
    passed = 0
    for seed in range(runs):
        card = scorecard([world[1]], outputs(world, RATE, seed, plan.cases))
        passed += card.result(CELL).estimate("HGR").high < GATE
    name = f"Planned for a gate of {GATE:g} at a rate of {RATE:g}: {plan.cases} cases, power {plan.reached:.3f}"
    evidence(name, f"decided in {passed:,} of {runs:,} runs")
    assert within_points(passed / runs, plan.reached, runs) and plan.reached >= 0.8


@runs(20, 500)
def test_power_to_see_a_difference(runs, world, evidence):
    """Planned with how often an earlier run of each model differed on the same case."""
    pilot = [outputs(world, share, 10_000 + each, 800) for each, share in enumerate((RATE, OTHER))]
    plan = planned(world, Aim("detect", OTHER - RATE), Known(world, *pilot, rate=RATE))
    seen = 0
    for seed in range(runs):
        made = [
            ComparableRun(str(share), tuple(outputs(world, share, 2 * seed + each, plan.cases)))
            for each, share in enumerate((RATE, OTHER))
        ]
        found = compare_runs(made, [world[1]], Rules(family="headlines"))
        seen += any(each.metric == "HGR" and each.p <= 0.05 for each in found.differences if each.address == ADDRESS)
    name = f"Planned to see {OTHER:g} against {RATE:g}: {plan.cases} cases, power 0.8"
    evidence(name, f"seen in {seen:,} of {runs:,} comparisons")
    assert within_points(seen / runs, 0.8, runs), f"{plan.cases} cases"
