"""Tracker: watches the numbers of a run as its answers come, and says which cells need no more cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.core.cell import Cell
from mmdt.core.scenario import Scenario
from mmdt.engine.pipeline.stopping import StoredCase
from mmdt.engine.store.trials import Trial
from mmdt.errors import UsageError
from mmdt.runs.until.rules import Rule
from mmdt.runs.until.stopped import Verdict
from mmdt.spelling import option
from mmdt.stats.default_clusters import shared_by
from mmdt.stats.scoring import score
from mmdt.stats.sequential.any_time import Track, watchable
from mmdt.stats.sequential.order import CellClusters, Order, place

LOOK_AGAIN = 0.01
"""How much more must be known, as a share, before a rule is looked at again: it holds whenever one looks, and looking
at every case of ten thousand costs more than the cases that it spares."""


@dataclass
class _Watching:
    """One rule in one cell. ``after``: the clusters that were complete when it was decided."""

    rule: Rule
    track: Track
    verdict: Verdict | None = None
    after: int = 0
    looked: int = 0

    def look(self) -> None:
        known = len(self.track.totals)
        if self.verdict is not None or (known < self.looked * (1 + LOOK_AGAIN) and not self.track.whole):
            return
        self.looked = known
        self.verdict = self.rule.verdict(self.track.watched())
        self.after = known if self.verdict else 0


@dataclass
class _CellWatch:
    scenario: Scenario
    watching: list[_Watching] = field(default_factory=list)

    @property
    def decided(self) -> bool:
        return bool(self.watching) and all(each.verdict is not None for each in self.watching)


class Tracker:
    """Decides by the rules of ``until``; an ``engine.pipeline.stopping.Stopping``.

    A cell that other scenarios are compared with is asked for as long as any of those is: their drops are paired.
    """

    def __init__(
        self, rules: Sequence[Rule], scenarios: Mapping[str, Scenario], *, seed: int, finite: bool, keep_cut_off: bool
    ) -> None:
        self._rules = tuple(rules)
        self._scenarios = scenarios
        self._keep_cut_off = keep_cut_off
        self._order = Order(seed, finite)
        self._places: list[tuple[tuple[int, str], int]] = []
        self._cells: dict[str, _CellWatch] = {}
        self._compared: dict[str, list[str]] = {}

    def add(self, case: StoredCase) -> None:
        cluster = case.case.group or shared_by(case.case) or case.case.id
        self._places.append((place(self._order.seed, cluster), case.n))
        clusters = self._order.cells.setdefault(str(case.case.cell), CellClusters())
        for _ in range(case.repeats):
            clusters.add(cluster, benign=case.case.benign)

    def begin(self) -> list[int]:
        for address, clusters in self._order.cells.items():
            self._cells[address] = self._watch(Cell.parse(address), clusters)
        for rule in self._rules:
            if not any(each.rule is rule for cell in self._cells.values() for each in cell.watching):
                hint = "name cells that the run has, and a number that they have"
                raise UsageError("no case is under this rule", where=f"{option('until')} {rule.text}", hint=hint)
        for address, cell in self._cells.items():
            for baseline in self._baselines(cell.scenario):
                self._compared.setdefault(baseline, []).append(address)
        return [n for _, n in sorted(self._places)]

    def _watch(self, cell: Cell, clusters: CellClusters) -> _CellWatch:
        scenario = self._scenarios[cell.parent]
        found = _CellWatch(scenario)
        for rule in self._rules:
            metric = rule.metric_of(scenario)
            if rule.applies(cell) and metric is not None and watchable(metric):
                track = Track.of(metric, clusters, self._order)
                if track.names:
                    found.watching.append(_Watching(rule, track))
        return found

    def _baselines(self, scenario: Scenario) -> list[str]:
        """The cells that a scenario is compared with."""
        name = scenario.baseline
        address = name if not name or "/" in name else f"{scenario.perspective}/{scenario.modality}/{name}"
        return [each for each in self._cells if address and each.rpartition("/")[0] == address]

    def wanted(self, cell: str) -> bool:
        return not self._cells[cell].decided or any(
            not self._cells[each].decided for each in self._compared.get(cell, ())
        )

    def settled(self, trial: Trial) -> None:
        cell = self._cells.get(str(trial.case.cell))
        if cell is None or not cell.watching:
            return
        row = score(trial, cell.scenario, keep_cut_off=self._keep_cut_off)
        for each in cell.watching:
            if each.track.add(row):
                each.look()

    def note(self) -> str:
        """How far it is, in a few words."""
        watched = [each for each in self._cells.values() if each.watching]
        return f"{sum(each.decided for each in watched)} of {len(watched)} cells decided" if watched else ""

    def verdicts(self) -> dict[str, dict[str, tuple[Verdict, int]]]:
        """Cell -> rule -> what was decided, and after how many clusters; cells that are not wanted any more."""
        return {
            address: {each.rule.text: (each.verdict, each.after) for each in cell.watching if each.verdict is not None}
            for address, cell in self._cells.items()
            if cell.watching and not self.wanted(address)
        }
