"""Display names of addresses and metrics, as the perspectives declare them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.core.scenario import Metric, Perspective


@dataclass(frozen=True, slots=True)
class MetricStyle:
    """A metric's title, and whether its value is shown in percent."""

    title: str
    percent: bool


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
                styles[scenario.address, metric.name] = _style(metric)
                by_metric.setdefault((scenario.perspective, metric.name), _style(metric))
        return cls(titles, abouts, styles, by_metric, _minor(perspectives))

    def style(self, address: str, metric: str) -> MetricStyle:
        scenario = "/".join(address.split("/")[:3])
        known = self.styles.get((scenario, metric)) or self.by_metric.get((address.split("/")[0], metric))
        return known or MetricStyle(metric, percent=True)


def _style(metric: Metric) -> MetricStyle:
    """An abbreviation such as HGR follows the title that spells it out."""
    title = metric.title or metric.name
    abbreviation = metric.name.isupper() and metric.name not in title
    return MetricStyle(f"{title} ({metric.name})" if abbreviation else title, metric.percent)


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
