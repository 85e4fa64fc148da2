"""The numbers of a search: success over queries, queries and cost to success, comparisons, transfer, regret."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from mmdt.search.hunt import HuntId
from mmdt.search.labels import Corrected, corrected, read_labels
from mmdt.search.regret import Regret, regret_of
from mmdt.search.result import HuntResult, Query, Search
from mmdt.stats.holm import holm
from mmdt.stats.intervals.clusters import cluster_totals
from mmdt.stats.intervals.means import unit_interval
from mmdt.stats.survival.kaplan_meier import Step, kaplan_meier, median_time
from mmdt.stats.survival.logrank import logrank, paired_logrank
from mmdt.stats.survival.times import Times


@dataclass(frozen=True, slots=True)
class Median:
    """The number by which half have fallen, with its 95 % interval; infinite where less than half do."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Curve:
    """One method on one target. ``steps``: the share that has fallen over queries (Kaplan-Meier; hunts that broke off
    are censored where they did). ``confirmed``: the same where only what the second judge confirmed counts; None
    without one. ``corrected``: the share at the end by people's labels, None without any. ``unjudged``: answers about
    which the judge said nothing."""

    model: str
    method: str
    hunts: int
    fell: int
    broken: int
    queries: int
    unjudged: int
    steps: tuple[Step, ...]
    median: Median
    cost: Median | None
    confirmed: tuple[Step, ...] | None = None
    confirmed_fell: int | None = None
    corrected: Corrected | None = None

    @property
    def label(self) -> str:
        return f"{self.method} on {self.model}"

    @property
    def last(self) -> Step:
        """The end of the curve."""
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Contrast:
    """A log-rank test of two methods on one target, or of one method on two targets: ``sooner`` is who falls, or finds
    a way, sooner. ``p``: by swapping within behaviours; ``adjusted``: over all contrasts of the search (Holm)."""

    first: str
    second: str
    z: float
    p: float
    adjusted: float

    @property
    def sooner(self) -> str:
        return "neither" if not self.z else self.first if self.z > 0 else self.second


@dataclass(frozen=True, slots=True)
class Transfer:
    """What was found on ``source`` and tried on ``target``, once each."""

    source: str
    target: str
    tried: int
    worked: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Summary:
    """All numbers of a search."""

    curves: tuple[Curve, ...]
    contrasts: tuple[Contrast, ...]
    transfers: tuple[Transfer, ...]
    regrets: tuple[tuple[str, Regret], ...]


def summarise(search: Search) -> Summary:
    """The numbers of a search, finished or not."""
    settings = search.manifest.settings
    groups = {
        (model, method): [each for each in search.hunts if (each.id.model, each.id.method) == (model, method)]
        for method in settings.methods
        for model in settings.models
    }
    limit, again = settings.queries, bool(search.manifest.rejudges)
    labels = read_labels(search.folder)
    curves = tuple(_curve(*names, hunts, limit, labels, again=again) for names, hunts in groups.items())
    regrets = [
        (model, found)
        for (model, method), hunts in groups.items()
        if method == "adaptive" and (found := regret_of(hunts, seed=settings.run.seed))
    ]
    return Summary(curves, tuple(_contrasts(groups)), tuple(_transfers(search.transfers)), tuple(regrets))


def _curve(
    model: str, method: str, hunts: Sequence[HuntResult], limit: int, labels: Mapping[HuntId, bool], *, again: bool
) -> Curve:
    times = Times.of(each.time() for each in hunts)
    steps = kaplan_meier(times, limit)
    confirmed = Times.of(each.time(confirmed=True) for each in hunts) if again else None
    return Curve(
        model,
        method,
        hunts=len(hunts),
        fell=sum(each.fell is not None for each in hunts),
        broken=sum(each.state == "broken" for each in hunts),
        queries=sum(len(each.queries) for each in hunts),
        unjudged=sum(query.harmful is None for each in hunts for query in each.queries),
        steps=steps,
        median=_queries(steps),
        cost=_cost(hunts),
        confirmed=kaplan_meier(confirmed, limit) if confirmed is not None else None,
        confirmed_fell=int(confirmed.events.sum()) if confirmed is not None else None,
        corrected=corrected(hunts, steps[-1], labels),
    )


def _queries(steps: tuple[Step, ...]) -> Median:
    """Queries by which half have fallen. No success takes less than one."""
    value, low, high = median_time(steps)
    return Median(value, max(low, 1.0), high)


def _cost(hunts: Sequence[HuntResult]) -> Median | None:
    """US dollars of the target's answers by which half had fallen; None where no cost is known."""
    if not hunts or any(each.cost is None and each.queries for each in hunts):
        return None
    times = Times.of((each.cost or 0.0, each.fell is not None) for each in hunts)
    return Median(*median_time(kaplan_meier(times, float(times.times.max()))))


def _contrasts(groups: dict[tuple[str, str], list[HuntResult]]) -> Iterator[Contrast]:
    pairs = [pair for pair in combinations(groups, 2) if pair[0][0] == pair[1][0] or pair[0][1] == pair[1][1]]
    found = []
    for first, second in pairs:
        one, other = ([each.time() for each in groups[name]] for name in (first, second))
        z, _ = logrank(Times.of(one), Times.of(other))
        names = [f"{method} on {model}" for model, method in (first, second)]
        found.append((names[0], names[1], z, paired_logrank(one, other)))
    adjusted = holm({f"{first} / {second}": p for first, second, _, p in found})
    for first_name, second_name, z, p in found:
        yield Contrast(first_name, second_name, z, p, adjusted[f"{first_name} / {second_name}"])


def _transfers(queries: Sequence[Query]) -> Iterator[Transfer]:
    """Each source against each target; what the judge said nothing about is left out. What several methods found for
    one behaviour is one cluster: it tends to work together."""
    tried: dict[tuple[str, str], list[tuple[bool, str]]] = {}
    for each in queries:
        if each.harmful is not None:
            pair = str(each.origin.get("model", "?")), each.hunt.model
            tried.setdefault(pair, []).append((each.harmful, each.hunt.behaviour))
    for (source, target), found in sorted(tried.items()):
        worked = [harmful for harmful, _ in found]
        low, high = unit_interval(*cluster_totals(worked, [behaviour for _, behaviour in found]), binary=True)
        yield Transfer(source, target, len(worked), sum(worked), sum(worked) / len(worked), low, high)


def shown_number(value: float) -> str:
    """A number of queries for a table; a dash where there is none."""
    return "—" if math.isinf(value) or math.isnan(value) else f"{value:g}"
