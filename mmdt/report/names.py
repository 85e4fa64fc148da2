"""Display names of addresses and metrics, as the perspectives declare them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.core.estimate import Direction
from mmdt.core.scenario import Metric, Perspective
from mmdt.report.cards.card import MetricCard, card_of
from mmdt.report.wording import DIRECTIONS
from mmdt.stats.intervals.shrunken import SUFFIX
from mmdt.stats.people.corrected import CORRECTED
from mmdt.stats.people.panels import DIFFER


@dataclass(frozen=True, slots=True)
class MetricStyle:
    """A metric's title, whether its value is shown in percent, and its card."""

    title: str
    percent: bool
    card: MetricCard | None = None

    def way(self, direction: Direction) -> str:
        """Which value is better: ``0 is fair`` for a signed metric."""
        fair = self.card.fair if self.card else None
        return DIRECTIONS[direction] if fair is None or direction != "neither" else f"{fair:g} is fair"


@dataclass(frozen=True, slots=True)
class DisplayNames:
    """Titles and styles as the perspectives declare them; an address without a title is shown as it is."""

    titles: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[tuple[str, str], MetricStyle] = field(default_factory=dict)
    by_metric: Mapping[tuple[str, str], MetricStyle] = field(default_factory=dict)
    minor: frozenset[str] = frozenset()
    """Addresses of the summaries that are not headlines."""

    @classmethod
    def of(cls, perspectives: Sequence[Perspective]) -> DisplayNames:
        titles = {each.name: each.title for each in perspectives}
        abouts = {each.name: each.about for each in perspectives}
        styles: dict[tuple[str, str], MetricStyle] = {}
        by_metric: dict[tuple[str, str], MetricStyle] = {}
        for scenario in (each for perspective in perspectives for each in perspective.scenarios):
            abouts[scenario.address] = scenario.about
            for metric in scenario.metrics:
                styles[scenario.address, metric.name] = _style(metric, scenario.address)
                by_metric.setdefault((scenario.perspective, metric.name), _style(metric, scenario.address))
        styles.update(_summary_styles(perspectives))
        return cls(titles, abouts, styles, by_metric, _minor(perspectives))

    def style(self, address: str, metric: str) -> MetricStyle:
        scenario = "/".join(address.split("/")[:3])
        if metric.endswith(CORRECTED):
            judged = self.style(address, metric.removesuffix(CORRECTED))
            return MetricStyle(f"{judged.title}, corrected by people", judged.percent)
        if metric.endswith(SUFFIX) and (scenario, metric) not in self.styles:
            alone = self.style(address, metric.removesuffix(SUFFIX))
            return MetricStyle(f"{alone.title}, shrunken", alone.percent)
        if metric == DIFFER:
            return MetricStyle("Judges differ", percent=True)
        known = self.styles.get((address, metric)) or self.styles.get((scenario, metric))
        known = known or self.by_metric.get((address.split("/")[0], metric))
        return known or MetricStyle(metric, percent=True)


def _style(metric: Metric, address: str, quantity: str = "") -> MetricStyle:
    """An abbreviation such as HGR follows the title that spells it out."""
    title = quantity or metric.title or metric.name
    if metric.name.isupper() and metric.name not in title:
        title = f"{title} ({metric.name})"
    return MetricStyle(title, metric.percent, card_of(metric, address, title))


def _summary_styles(perspectives: Sequence[Perspective]) -> Iterator[tuple[tuple[str, str], MetricStyle]]:
    """The styles of summaries: what a summary measures may have another name than its parts."""
    for perspective in perspectives:
        metrics = {metric.name: metric for each in reversed(perspective.scenarios) for metric in each.metrics}
        for summary in perspective.summaries:
            address = summary_address(perspective.name, summary.name)
            if summary.metric in metrics:
                yield (address, summary.metric), _style(metrics[summary.metric], address, summary.quantity)


def _minor(perspectives: Sequence[Perspective]) -> frozenset[str]:
    contrasts = (each.name for perspective in perspectives for each in perspective.contrasts)
    return frozenset(contrasts) | frozenset(
        summary_address(perspective.name, summary.name)
        for perspective in perspectives
        for summary in perspective.summaries
        if not summary.headline
    )


def summary_address(perspective: str, name: str) -> str:
    """A summary's address in the scorecard: its name, below its perspective."""
    return name if name.split("/")[0] == perspective else f"{perspective}/{name}"
