"""Plans: an organism with planted rates, cases, and metrics with known true values; run once per seed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.core.case import Case
from mmdt.core.estimate import Estimate
from mmdt.core.protocols import Evaluator, Request
from mmdt.core.scenario import Sample, Scenario
from mmdt.core.score import Scored
from mmdt.stats.coverage import RulerReport, check_ruler
from mmdt.stats.scorecard import score
from mmdt.synthetic.organisms import Organism, open_organism
from mmdt.validate.ruler import Trial, observe

Rates = Mapping[str, Mapping[str, float]]
Pairs = Mapping[str, Sequence[tuple[Estimate, float]]]
"""Metric -> (estimate, truth) of each seed."""


@dataclass(frozen=True)
class Plan:
    """``truth``: metric -> the value that its interval should contain.

    ``cases`` may be the same for every seed, which saves drawing and reading them: the organism's randomness differs.
    ``shares``: metric -> (outputs, rate) if its interval is Wilson's for independent outputs, whose exact coverage is
    known.
    """

    name: str
    scenario: Scenario
    cases: Callable[[int], Sequence[Case]]
    truth: Mapping[str, float]
    rates: Rates = field(default_factory=dict)
    repeats: int = 1
    shares: Mapping[str, tuple[int, float]] = field(default_factory=dict)


def run(plan: Plan, evaluators: Mapping[str, Evaluator], seeds: range) -> Pairs:
    """Run the plan with the real organism, evaluators, score and metrics, once per seed."""
    found: dict[str, list[tuple[Estimate, float]]] = {name: [] for name in plan.truth}
    for seed in seeds:
        organism = open_organism("demo", {"seed": seed, "rates": plan.rates})
        sample = Sample(scored(plan.scenario, plan.cases(seed), organism, evaluators, plan.repeats))
        for metric in plan.scenario.metrics:
            if metric.name in plan.truth:
                found[metric.name].append((metric.estimate(sample), plan.truth[metric.name]))
    return found


def scored(
    scenario: Scenario,
    cases: Sequence[Case],
    organism: Organism,
    evaluators: Mapping[str, Evaluator],
    repeats: int = 1,
) -> list[Scored]:
    """An organism's answers to the cases, observed and scored as the engine does it."""
    answers = []
    for case in cases:
        for repeat in range(repeats):
            request = Request(case.conversation, case.cell.flow.output, 1000 + repeat)
            answers.append(Trial(case, organism.answer(request), repeat))
    asyncio.run(observe(scenario, answers, evaluators))
    return [score(answer, scenario) for answer in answers]


def reports(pairs: Pairs) -> dict[str, RulerReport]:
    return {metric: check_ruler(each) for metric, each in pairs.items()}
