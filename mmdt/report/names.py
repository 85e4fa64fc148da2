"""What addresses and metrics are called, as the perspectives declare it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from mmdt.core.scenario import Metric, Perspective


@dataclass(frozen=True, slots=True)
class Style:
    """How a metric is shown."""

    title: str
    percent: bool


@dataclass(frozen=True, slots=True)
class Names:
    """Titles and styles as the perspectives declare them; addresses speak for themselves where none is given."""

    titles: Mapping[str, str] = field(default_factory=dict)
    abouts: Mapping[str, str] = field(default_factory=dict)
    styles: Mapping[tuple[str, str], Style] = field(default_factory=dict)
    by_metric: Mapping[tuple[str, str], Style] = field(default_factory=dict)
    minor: frozenset[str] = frozenset()
    """Summaries that are no headlines."""

    @classmethod
    def of(cls, perspectives: Sequence[Perspective]) -> Names:
        titles = {each.name: each.title for each in perspectives}
        abouts = {each.name: each.about for each in perspectives}
        styles: dict[tuple[str, str], Style] = {}
        by_metric: dict[tuple[str, str], Style] = {}
        for scenario in (each for perspective in perspectives for each in perspective.scenarios):
            abouts[scenario.address] = scenario.about
            for metric in scenario.metrics:
                styles[scenario.address, metric.name] = _style(metric)
                by_metric.setdefault((scenario.perspective, metric.name), _style(metric))
        return cls(titles, abouts, styles, by_metric, _minor(perspectives))

    def style(self, address: str, metric: str) -> Style:
        scenario = "/".join(address.split("/")[:3])
        known = self.styles.get((scenario, metric)) or self.by_metric.get((address.split("/")[0], metric))
        return known or Style(metric, percent=True)


def _style(metric: Metric) -> Style:
    """An abbreviation such as HGR stands behind the title that spells it out."""
    title = metric.title or metric.name
    abbreviation = metric.name.isupper() and metric.name not in title
    return Style(f"{title} ({metric.name})" if abbreviation else title, metric.percent)


def _minor(perspectives: Sequence[Perspective]) -> frozenset[str]:
    return frozenset(
        summary_address(perspective.name, summary.name)
        for perspective in perspectives
        for summary in perspective.summaries
        if not summary.headline
    )


def summary_address(perspective: str, name: str) -> str:
    """Where the scorecard has a summary: its name, below its perspective."""
    return name if name.split("/")[0] == perspective else f"{perspective}/{name}"
