"""ScenarioFamily: what all scenarios of a perspective share, so that each declaration states only its differences."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmdt.core.case import Case
from mmdt.core.modality import Modality
from mmdt.core.problem import Check, unchecked
from mmdt.core.scenario import Metric, OfCase, Probe, Published, Rollup, Scenario, ScoreFunction, no_components

Embedded = Callable[[int, int], Iterable[Case]]
"""From a seed and a number of cases per task to cases."""


@dataclass(frozen=True, slots=True)
class ScenarioFamily:
    """The perspective, and the functions that find a scenario's published and embedded cases by modality and name."""

    perspective: str
    published: Callable[[Modality, str], tuple[Published, ...]]
    embedded: Callable[[Modality, str], Embedded]
    rollup: Rollup = "pool"

    def scenario(
        self,
        modality: Modality,
        name: str,
        title: str,
        *,
        tasks: Sequence[str] | None,
        score: ScoreFunction,
        metrics: tuple[Metric, ...],
        probes: Sequence[Probe],
        about: str = "",
        repeats: int = 1,
        rollup: Rollup | None = None,
        weights: Mapping[str, float] | None = None,
        baseline: str = "",
        check: Check = unchecked,
        components: Sequence[str] = (),
        looks: str = "",
        of_case: OfCase = no_components,
    ) -> Scenario:
        """A scenario of the family. Its headline is the first of its metrics."""
        return Scenario(
            perspective=self.perspective,
            modality=modality,
            name=name,
            title=title,
            tasks=None if tasks is None else tuple(tasks),
            score=score,
            metrics=metrics,
            headline=metrics[0].name,
            probes=tuple(probes),
            published=self.published(modality, name),
            embedded=self.embedded(modality, name),
            repeats=repeats,
            rollup=rollup or self.rollup,
            weights=weights or {},
            baseline=baseline,
            about=about,
            check=check,
            components=tuple(components),
            looks=looks,
            of_case=of_case,
        )
