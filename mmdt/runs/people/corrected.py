"""A run's judged numbers beside those corrected by people's labels.

A label takes the place of the judge's verdict, and the output is scored again as if the judge had said so. What a
verdict cannot change (a request that a filter refused) is settled without a label.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from mmdt.core.estimate import Estimate
from mmdt.core.observation import Observation
from mmdt.core.scenario import Metric, Scenario
from mmdt.core.score import Scored
from mmdt.engine.store.store import Trial
from mmdt.runs.people.choice import labelable, verdict_of
from mmdt.runs.people.labels import Label, Settled, settle
from mmdt.stats.people.corrected import CORRECTED, Labelled, corrected_mean
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.scoring import score

LOOKED_AT = 50
"""Outputs of each scenario whose verdict is turned, to find the components that depend on a judge."""


@dataclass
class JudgedComponents:
    """The components of each scenario that a judge's verdict can change, found by turning verdicts."""

    by_scenario: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _looked: dict[str, int] = field(default_factory=dict)

    def look(self, trial: Trial, scenario: Scenario) -> None:
        """Take notice of one output. Only the first few of each scenario are scored again."""
        address = scenario.address
        probes = [probe for probe in trial.observations if verdict_of(trial, probe) is not None]
        if not probes or self._looked.get(address, 0) >= LOOKED_AT:
            return
        self._looked[address] = self._looked.get(address, 0) + 1
        for probe in probes:
            changed = {name for name, values in turned(trial, scenario, probe).items() if len(set(values)) > 1}
            self.by_scenario.setdefault(address, {}).setdefault(probe, set()).update(changed)

    def of(self, address: str) -> set[str]:
        """The judged components of a scenario."""
        return set().union(*self.by_scenario.get(address, {}).values())


def turned(trial: Trial, scenario: Scenario, probe: str) -> dict[str, tuple[float, float]]:
    """Each component with its values if the verdict were yes, and if it were no; NaN where it would be missing."""
    both = [_as_if(trial, scenario, probe, verdict) for verdict in (True, False)]
    names = dict.fromkeys(name for values in both for name in values)
    return {name: (both[0].get(name, math.nan), both[1].get(name, math.nan)) for name in names}


def _as_if(trial: Trial, scenario: Scenario, probe: str, verdict: bool) -> Mapping[str, float]:
    before = trial.observations[probe].value if probe in trial.observations else {}
    rest = {name: value for name, value in before.items() if name != "share"}  # a panel's mean is not a person's
    seen = Observation({**rest, "verdict": verdict})
    return score(replace(trial, observations={**trial.observations, probe: seen}), scenario).score.values


def annotated(card: Scorecard, judged: JudgedComponents, scenarios: Mapping[str, Scenario]) -> Scorecard:
    """The scorecard in which every number of a judged metric says that its interval holds sampling only."""
    by_metric = {
        (address, metric.name)
        for address, scenario in scenarios.items()
        for metric in scenario.metrics
        if judged.of(address) & set(metric.components or judged.of(address))
    }

    def is_judged(result: Result, metric: str) -> bool:
        if result.level != "summary":
            return ("/".join(result.address.split("/")[:3]), metric) in by_metric
        perspective = result.address.split("/")[0]
        return any(address.startswith(f"{perspective}/") and name == metric for address, name in by_metric)

    def mark(result: Result) -> Result:
        estimates = tuple(
            replace(each, holds="sampling only") if is_judged(result, each.metric) else each
            for each in result.estimates
        )
        return replace(result, estimates=estimates)

    return replace(card, results=tuple(map(mark, card.results)))


def corrections(
    scored: Iterable[tuple[Trial, Scored]], scenarios: Mapping[str, Scenario], labels: Iterable[Label]
) -> dict[str, list[Estimate]]:
    """Address of a scenario or cell -> the corrected estimates of its judged means, where labels allow one."""
    known = list(labels)
    settled = {probe: settle(known, probe) for probe in dict.fromkeys(each.probe for each in known)}
    cases = {key for found in settled.values() for key in found}
    rows: dict[tuple[str, str], dict[tuple[str, str], list[Labelled]]] = {}
    touched: set[str] = set()
    for trial, found in scored:
        scenario = scenarios[trial.case.cell.parent]
        if (trial.case.id, trial.repeat) in cases:
            touched.add(scenario.address)
        for probe in _declared(scenario, settled):
            for metric in scenario.metrics:
                if (component := _plain(metric)) is None or metric.benign not in (None, trial.case.benign):
                    continue
                row = _row(trial, found, scenario, probe, component, settled[probe])
                for address in (scenario.address, str(trial.case.cell)):
                    rows.setdefault((scenario.address, address), {}).setdefault((probe, metric.name), []).append(row)
    return {
        address: estimates
        for (parent, address), by_metric in rows.items()
        if parent in touched and (estimates := list(_estimates(by_metric, scenarios[parent])))
    }


def _declared(scenario: Scenario, settled: Mapping[str, object]) -> Iterator[str]:
    return (probe.name for probe in scenario.probes if probe.name in settled)


def _plain(metric: Metric) -> str | None:
    """The component of a plain mean of values within [0, 1]; None for any other metric."""
    plain = metric.bounds == (0.0, 1.0) and len(metric.components) == 1
    return metric.components[0] if plain and getattr(metric.estimate, "plain_mean", False) else None


def _row(
    trial: Trial,
    found: Scored,
    scenario: Scenario,
    probe: str,
    component: str,
    people: Mapping[tuple[str, int], Settled],
) -> Labelled:
    judged = found.score.values.get(component, math.nan)
    if not labelable(trial, probe):
        return Labelled(found.cluster, judged, judged, settled=True, weight=found.weight)
    yes, no = turned(trial, scenario, probe).get(component, (math.nan, math.nan))
    if yes == no:
        return Labelled(found.cluster, judged, judged, settled=True, weight=found.weight)
    said = people.get((trial.case.id, trial.repeat))
    if said is None:
        return Labelled(found.cluster, judged, math.nan, weight=found.weight)
    if said.verdict is None:
        return Labelled(found.cluster, judged, math.nan, unsure=True, weight=found.weight)
    return Labelled(found.cluster, judged, yes if said.verdict else no, weight=found.weight)


def _estimates(by_metric: Mapping[tuple[str, str], list[Labelled]], scenario: Scenario) -> Iterator[Estimate]:
    metrics = {metric.name: metric for metric in scenario.metrics}
    for (_, name), rows in by_metric.items():
        if not any(not row.settled for row in rows):
            continue  # no verdict can change it
        found = corrected_mean(f"{name}{CORRECTED}", rows, direction=metrics[name].direction)
        if not math.isnan(found.value):
            yield found


def with_corrections(card: Scorecard, found: Mapping[str, list[Estimate]]) -> Scorecard:
    """The scorecard with the corrected numbers, each after the number that it corrects."""
    results = []
    for result in card.results:
        new = {each.metric.removesuffix(CORRECTED): each for each in found.get(result.address, ())}
        estimates = [shown for each in result.estimates for shown in (each, new.get(each.metric)) if shown is not None]
        results.append(replace(result, estimates=tuple(estimates)))
    return replace(card, results=tuple(results))
