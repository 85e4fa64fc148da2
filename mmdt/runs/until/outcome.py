"""What stopping by results has spared, for the manifest; and the order of a run's cases, for its numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from mmdt.core.cell import Cell
from mmdt.core.scenario import Scenario
from mmdt.data.load import EMBEDDED
from mmdt.engine.store.store import CellCounts
from mmdt.runs.settings import Settings
from mmdt.runs.until.rules import Rule, parse_rules
from mmdt.runs.until.stopped import Decision, Stopped, Verdict
from mmdt.stats.sequential.any_time import watchable
from mmdt.stats.sequential.order import Order


def stopped(
    verdicts: Mapping[str, Mapping[str, tuple[Verdict, int]]],
    counts: Mapping[str, CellCounts],
    costs: Mapping[str, float],
) -> tuple[Stopped, ...]:
    """Every decided cell, those included that were asked to their end all the same. ``costs``: US dollars by
    perspective and modality."""
    asked: Counter[str] = Counter()
    for cell, each in counts.items():
        asked[_place(cell)] += each.asked
    found: list[Stopped] = []
    for cell, rules in verdicts.items():
        mine, where = counts[cell], _place(cell)
        spared = costs[where] / asked[where] * (mine.wanted - mine.asked) if where in costs and asked[where] else None
        decisions = tuple(Decision(rule, verdict, clusters) for rule, (verdict, clusters) in rules.items())
        found.append(Stopped(cell, decisions, mine.asked, mine.wanted, spared))
    return tuple(found)


def _place(cell: str) -> str:
    return "/".join(cell.split("/")[:2])


def is_finite(settings: Settings, source: str) -> bool:
    """Whether the cases are all there are: a benchmark, and not a sample of it or cases made by a seed. ``source``: the
    places of the data, as the manifest names them."""
    return settings.limit is None and EMBEDDED not in source.split(" + ")


def order_of(settings: Settings, source: str) -> Order | None:
    """The order in which a run asked its cases, still without them; None where it asked in the order of the data."""
    return Order(settings.seed, is_finite(settings, source)) if settings.until else None


def under_rules(settings: Settings, scenarios: Mapping[str, Scenario]) -> Watches:
    return Watches(parse_rules(settings.until), scenarios)


@dataclass(frozen=True)
class Watches:
    """Which cells are under a rule."""

    rules: tuple[Rule, ...]
    scenarios: Mapping[str, Scenario]

    def __contains__(self, cell: object) -> bool:
        if not isinstance(cell, Cell):
            return False
        scenario = self.scenarios[cell.parent]
        metrics = (rule.metric_of(scenario) for rule in self.rules if rule.applies(cell))
        return any(metric is not None and watchable(metric) for metric in metrics)
