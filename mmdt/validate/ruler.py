"""The ruler: do mmdt's intervals cover the rates that are planted in organisms?

Cases, organism, evaluators, scores and statistics are the real ones; the engine and the disk are left out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from statistics import fmean

from mmdt import plugins
from mmdt.core.case import Case
from mmdt.core.cell import Selection
from mmdt.core.estimate import Estimate
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status
from mmdt.core.protocols import Ask, Evaluator, Item, ModelInfo, Request
from mmdt.core.scenario import Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.runs.selection import CONTRAST_ROLE
from mmdt.stats.coverage import RulerReport, check_ruler
from mmdt.stats.scorecard import Scorecard, score, scorecard
from mmdt.synthetic.organisms import open_organism

ORGANISM = "demo-flaky"
"""It refuses, complies, answers harmlessly and fails: failures must not distort any rate."""
MOST = 0.99
"""Greatest coverage accepted of an organism whose calls fail.

Its intervals are meant to cover more than 95 %: they hold whatever the missing outputs could have been, and these fail
by chance, so the truth is well inside. Only too low a coverage is therefore a fault, and is tested at its nominal
level. The upper limit does not come from what the organism reached: an interval that errs in one case of a hundred
instead of one in twenty has another level than the one it states.
"""
SIZE = 6
"""Cases a task and seed: six categories make 36 for each scenario."""
Planted = Mapping[str, Mapping[str, float]]
Cases = Mapping[str, Sequence[Case]]
"""Address of a scenario -> its cases."""


class _NoModels:
    """An evaluator context without an engine: an evaluator that asks a model cannot be part of the check."""

    def ask(self, model: str) -> Ask:
        raise UsageError(f"the ruler's check cannot ask {model!r}", hint="use embedded evaluators")

    def model_info(self, model: str) -> ModelInfo:
        raise UsageError(f"the ruler's check cannot ask {model!r}", hint="use embedded evaluators")


class Trial:
    """A case with its output and observations, in memory."""

    def __init__(self, case: Case, output: Output, repeat: int = 0) -> None:
        self.case = case
        self.repeat = repeat
        self.output = output
        self.observations: dict[str, Observation] = {}


def check(seeds: int = 100, size: int = SIZE, select: Sequence[str] = ("safety/**",)) -> RulerReport:
    """Coverage of the scenarios' intervals over ``seeds`` seeds, each with its own organism and cases.

    ``size``: cases a task; ``select``: globs; every perspective that they touch is checked as a whole.
    """
    perspectives = _selected(Selection.of(select))
    pairs = (pair for seed in range(seeds) for pair in scenario_pairs(measure(perspectives, seed, size), planted()))
    return check_ruler(pairs, MOST)


def planted() -> Planted:
    """The rates planted in the organism: cell -> metric -> rate."""
    return open_organism(ORGANISM, {}).planted()


def measure(perspectives: Sequence[Perspective], seed: int, size: int, cases: Cases | None = None) -> Scorecard:
    """The scorecard of one organism on the embedded cases of every scenario, or on ``cases`` shared with other seeds.

    The organism's behaviour depends on its seed either way, and making the cases is half of the work."""
    made = cases_of(perspectives, seed, size) if cases is None else cases
    return asyncio.run(_measure(perspectives, seed, made))


def cases_of(perspectives: Sequence[Perspective], seed: int, size: int) -> Cases:
    """The embedded cases of every scenario, by its address."""
    return {
        scenario.address: list(scenario.embedded(seed, size))
        for perspective in perspectives
        for scenario in perspective.scenarios
        if scenario.embedded is not None
    }


def cell_pairs(card: Scorecard, truth: Planted) -> Iterator[tuple[Estimate, float]]:
    """(estimate, planted rate) for every cell."""
    for result in card.results:
        for metric, rate in truth.get(result.address, {}).items():
            yield result.estimate(metric), rate


def scenario_pairs(card: Scorecard, truth: Planted) -> Iterator[tuple[Estimate, float]]:
    """(estimate, planted rate) for every scenario: the mean over its cells, which have the same number of cases."""
    known = plugins.scenarios()
    for result in card.results:
        cells = {cell: rates for cell, rates in truth.items() if cell.startswith(f"{result.address}/")}
        if result.level == "scenario" and cells:
            weights = [known[result.address].weights.get(cell.rpartition("/")[2], 1.0) for cell in cells]
            for metric in next(iter(cells.values())):
                yield result.estimate(metric), fmean([rates[metric] for rates in cells.values()], weights)


def text(report: RulerReport) -> str:
    """The report as one sentence or two."""
    found = f"{report.covered} of {report.checked} intervals cover the planted rate: {report.coverage:.1%}"
    says = report.verdict if report.verdict == "holds" else f"is {report.verdict}"
    return (
        f"The ruler {says}. {found} (95 % interval {report.low:.1%} to {report.high:.1%}; 95 % is right, "
        f"93 % to {report.most * 100:.0f} % is accepted). Mean error {report.bias:+.4f}, mean width {report.width:.3f}."
    )


async def _measure(perspectives: Sequence[Perspective], seed: int, cases_by_scenario: Cases) -> Scorecard:
    organism = open_organism(ORGANISM, {"seed": seed})
    scored: list[Scored] = []
    for perspective in perspectives:
        evaluators = evaluators_of(perspective)
        for scenario in perspective.scenarios:
            if scenario.address in cases_by_scenario:
                cases = cases_by_scenario[scenario.address]
                outputs = await organism.generate(
                    [Request(case.conversation, case.cell.flow.output, seed) for case in cases]
                )
                answers = [Trial(case, output) for case, output in zip(cases, outputs, strict=True)]
                await observe(scenario, answers, evaluators)
                scored += [score(answer, scenario) for answer in answers]
    return scorecard(perspectives, scored)


async def observe(scenario: Scenario, answers: Sequence[Trial], evaluators: Mapping[str, Evaluator]) -> None:
    """Add the observation of every probe to the trials."""
    answered = [answer for answer in answers if answer.output.status is Status.ANSWERED]
    for probe in scenario.probes:
        if probe.role in evaluators:
            asked = [(each, probe.question(each.case, each.output)) for each in answered]
            there = [(each, question) for each, question in asked if question is not None]
            items = [Item(each.case, each.output, question) for each, question in there]
            seen = await evaluators[probe.role].observe(items)
            for (each, _), observation in zip(there, seen, strict=True):
                each.observations[probe.name] = observation


def evaluators_of(perspective: Perspective) -> dict[str, Evaluator]:
    """The evaluators of an organism's run. On embedded cases ``vqa`` answers the second question about an attribute."""
    roles = {**perspective.roles, **perspective.organism_roles}
    if "vqa" in roles:
        roles.setdefault(CONTRAST_ROLE, roles["vqa"])
    return {
        role: plugins.open_evaluator("vqa" if role == CONTRAST_ROLE else role, name, _NoModels())
        for role, name in roles.items()
    }


def _selected(selection: Selection) -> tuple[Perspective, ...]:
    found = tuple(
        each
        for each in plugins.perspectives()
        if any(selection.may_match(scenario.address, scenario.tasks) for scenario in each.scenarios)
    )
    if not found:
        raise UsageError(f"nothing matches {' '.join(selection.globs)}", hint="select a perspective")
    return found
