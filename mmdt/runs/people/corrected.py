"""A run's judged numbers beside those corrected by people's labels.

A label takes the place of the judge's verdict, and the output is scored again as if the judge had said so. What a
verdict cannot change (a request that a filter refused) is settled without a label.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from mmdt.core.estimate import Estimate
from mmdt.core.observation import Observation
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.engine.store.store import Trial
from mmdt.runs.people.calibration import Calibrated
from mmdt.runs.people.choice import labelable, verdict_of
from mmdt.runs.people.labels import Label, Settled, settle
from mmdt.stats.people.calibrated import calibrated_mean
from mmdt.stats.people.corrected import CORRECTED, Labelled, corrected_mean
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.scoring import score
from mmdt.stats.summaries import scenario_shares

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
    scored: Iterable[tuple[Trial, Scored]],
    perspectives: Iterable[Perspective],
    judged: JudgedComponents,
    labels: Iterable[Label],
    calibration: Iterable[Calibrated] = (),
) -> dict[str, list[Estimate]]:
    """Address of a summary, scenario or cell -> the corrected estimates of its judged means.

    ``labels``: of outputs of the run. ``calibration``: errors of the run's judges, counted elsewhere; they correct the
    scenarios of which no output has a label, where the judge was asked the same question. A summary is corrected where
    each of its judged scenarios is, in the same way: of its outputs, each stands for as much as it weighs in the
    summary."""
    perspectives = list(perspectives)
    scenarios = {scenario.address: scenario for each in perspectives for scenario in each.scenarios}
    rows = _Rows(scenarios, judged, list(labels), {each.role: each for each in calibration})
    for trial, row in scored:
        rows.add(trial, row)
    estimates = {address: list(found) for address, found in rows.estimates()}
    for perspective in perspectives:
        for address, metric, shares in scenario_shares(perspective, rows.seen):
            summary = rows.summary(metric, shares)
            if summary is not None:
                estimates.setdefault(address, []).append(summary)
    return {address: found for address, found in estimates.items() if found}


@dataclass(frozen=True, slots=True)
class _Source:
    """What corrects a metric: labels of a probe's outputs, or the errors of the judge that fills the role."""

    probe: str
    judge: Calibrated | None = None


_SETTLED = _Source("")
_Tasks = dict[str, list[Labelled]]


class _Rows:
    """The outputs of each scenario's judged means, by what may correct them."""

    def __init__(
        self,
        scenarios: Mapping[str, Scenario],
        judged: JudgedComponents,
        labels: Sequence[Label],
        calibration: Mapping[str, Calibrated],
    ) -> None:
        self.scenarios = scenarios
        self.seen: set[str] = set()
        self._judged = judged
        self._settled = {probe: settle(labels, probe) for probe in dict.fromkeys(each.probe for each in labels)}
        self._calibration = calibration
        self._touched: set[tuple[str, str]] = set()
        self._asked: set[tuple[str, str]] = set()
        self._otherwise: set[tuple[str, str]] = set()
        self._rows: dict[tuple[str, str], dict[_Source, _Tasks]] = {}

    def add(self, trial: Trial, found: Scored) -> None:
        scenario, task = self.scenarios[trial.case.cell.parent], trial.case.cell.task
        self.seen.add(scenario.address)
        sources = [_SETTLED, *self._sources(scenario)]
        for source in sources:
            if source.judge is not None:
                self._look(scenario.address, source, trial)
            elif (trial.case.id, trial.repeat) in self._settled.get(source.probe, ()):
                self._touched.add((scenario.address, source.probe))
        for metric in scenario.metrics:
            if (component := _plain(metric)) is None or metric.benign not in (None, trial.case.benign):
                continue
            by_source = self._rows.setdefault((scenario.address, metric.name), {})
            for source in sources:
                people = self._settled.get(source.probe, {}) if source.judge is None else {}
                row = _row(trial, found, scenario, source.probe, component, people)
                by_source.setdefault(source, {}).setdefault(task, []).append(row)

    def _look(self, address: str, source: _Source, trial: Trial) -> None:
        """Whether the judge was asked what it was calibrated on: about every output of the scenario, or it is no
        use."""
        seen, key = trial.observations.get(source.probe), (address, source.probe)
        if seen is None or seen.missing or source.judge is None:
            return
        if source.judge.asked(seen) and key not in self._otherwise:
            self._asked.add(key)
        else:
            self._otherwise.add(key)
            self._asked.discard(key)

    def _sources(self, scenario: Scenario) -> Iterator[_Source]:
        for probe in scenario.probes:
            if probe.name in self._settled:
                yield _Source(probe.name)
            if (judge := self._calibration.get(probe.role)) is not None:
                yield _Source(probe.name, judge)

    def estimates(self) -> Iterator[tuple[str, Iterator[Estimate]]]:
        """The corrected numbers of every scenario and of its cells."""
        for address, scenario in self.scenarios.items():
            tasks = dict.fromkeys(
                task for (of, _), found in self._rows.items() if of == address for task in found[_SETTLED]
            )
            yield address, self._of(scenario, "")
            for task in tasks:
                yield f"{address}/{task}", self._of(scenario, task)

    def _of(self, scenario: Scenario, task: str) -> Iterator[Estimate]:
        for metric in scenario.metrics:
            source, tasks = self._chosen(scenario.address, metric.name)
            if source.probe and (not task or task in tasks):
                rows = tasks[task] if task else _together(scenario, tasks)
                found = _estimate(metric, source, rows)
                if not math.isnan(found.value):
                    yield found

    def _chosen(self, address: str, metric: str) -> tuple[_Source, _Tasks]:
        """What corrects a metric, labels of the run before those from elsewhere; ``_SETTLED`` where nothing does."""
        found = self._rows.get((address, metric), {})
        for source, tasks in sorted(found.items(), key=lambda each: each[0].judge is not None):
            known = (address, source.probe) in (self._touched if source.judge is None else self._asked)
            if source.probe and known and any(not row.settled for rows in tasks.values() for row in rows):
                return source, tasks
        return _SETTLED, found.get(_SETTLED, {})

    def summary(self, metric: str, shares: Mapping[str, float]) -> Estimate | None:
        """The corrected summary; None where one of its judged scenarios is not corrected, or not as the others are."""
        sources, rows, declared = set[_Source](), list[Labelled](), None
        for address, share in shares.items():
            declared = next((each for each in self.scenarios[address].metrics if each.name == metric), None)
            source, tasks = self._chosen(address, metric)
            if declared is None or not tasks or (source is _SETTLED and self._depends(address, declared)):
                return None
            if source is not _SETTLED:
                sources.add(source)
            mine = _together(self.scenarios[address], tasks)
            total = math.fsum(row.weight for row in mine)
            if not total:
                return None
            rows += [replace(row, weight=row.weight * share / total) for row in mine if share]
        if declared is None or len(sources) != 1:
            return None
        found = _estimate(declared, sources.pop(), rows)
        return None if math.isnan(found.value) else found

    def _depends(self, address: str, metric: Metric) -> bool:
        return bool(self._judged.of(address) & set(metric.components))


def _together(scenario: Scenario, tasks: _Tasks) -> list[Labelled]:
    """The outputs of all tasks, each with the weight that it has in the scenario's number; none where a task of a mean
    over tasks has no outputs, because that mean has no value."""
    if scenario.rollup == "pool":
        return [row for rows in tasks.values() for row in rows]
    if set(scenario.tasks or ()) - tasks.keys():
        return []
    found = []
    for task, rows in tasks.items():
        total = math.fsum(row.weight for row in rows)
        share = scenario.weights.get(task, 1.0) / total if total else 0.0
        found += [replace(row, weight=row.weight * share) for row in rows if share]
    return found


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
    settled = Labelled(found.cluster, judged, judged, settled=True, weight=found.weight)
    if not probe or not labelable(trial, probe):
        return settled
    yes, no = turned(trial, scenario, probe).get(component, (math.nan, math.nan))
    if yes == no or (math.isnan(yes) and math.isnan(no)):
        return settled
    verdict, said = verdict_of(trial, probe), people.get((trial.case.id, trial.repeat))
    unsure = said is not None and said.verdict is None
    return Labelled(
        found.cluster,
        judged,
        math.nan if said is None or unsure else yes if said.verdict else no,
        unsure=unsure,
        weight=found.weight,
        verdict=math.nan if verdict is None else float(verdict),
        if_yes=yes,
        if_no=no,
    )


def _estimate(metric: Metric, source: _Source, rows: Sequence[Labelled]) -> Estimate:
    name = f"{metric.name}{CORRECTED}"
    if source.judge is None:
        return corrected_mean(name, rows, direction=metric.direction)
    return calibrated_mean(name, rows, source.judge.errors, direction=metric.direction)


def with_corrections(card: Scorecard, found: Mapping[str, list[Estimate]]) -> Scorecard:
    """The scorecard with the corrected numbers, each after the number that it corrects."""
    results = []
    for result in card.results:
        new = {each.metric.removesuffix(CORRECTED): each for each in found.get(result.address, ())}
        estimates = [shown for each in result.estimates for shown in (each, new.get(each.metric)) if shown is not None]
        results.append(replace(result, estimates=tuple(estimates)))
    return replace(card, results=tuple(results))
