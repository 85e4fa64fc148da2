"""The input of a report, independent of its source: a run, a notebook or a test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from mmdt import plugins
from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.stats.explain.explanation import RunExplained
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.scoring import Trial

FEW_PICTURES = 1000
LARGE, SMALL = 320, 160
"""Pixels along the longer side of a thumbnail, for up to ``FEW_PICTURES`` pictures and for more."""

Row = tuple[Trial, Scored]
"""An answer (or a missing one) with its score."""


class ReportableRun(Protocol):
    """A run as reports and exports read it (``mmdt.runs.result.Run``); each call reads the run's folder again."""

    @property
    def manifest(self) -> Any:
        """The manifest, as a value that encodes to the JSON on disk."""
        ...

    def perspectives(self) -> tuple[Perspective, ...]: ...
    def scored(self) -> Iterable[Row]: ...
    def answers(self) -> Iterable[tuple[Scored, Mapping[str, Any]]]: ...
    def scorecard(self) -> Scorecard: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """Limits on the content of a report.

    ``max_cases``: the greatest number of outputs shown; harmful, leaked and missing ones first, then a fixed sample of
    the rest. ``thumbnails``: embed small pictures, ``thumbnail_size`` pixels along the longer side (None: 320 for up to
    a thousand pictures, 160 for more, so that browsers can open the file easily). ``max_text``: the number of
    characters kept of each text.
    """

    max_cases: int = 10_000
    thumbnails: bool = True
    thumbnail_size: int | None = None
    max_text: int = 20_000

    def __post_init__(self) -> None:
        if self.max_cases < 0:
            raise UsageError(f"max_cases must not be negative, got {self.max_cases}", hint="use 0 or more")
        if self.thumbnail_size is not None and not 16 <= self.thumbnail_size <= 1024:
            raise UsageError(
                f"thumbnail_size must be from 16 to 1024 pixels, got {self.thumbnail_size}", hint="use 160 or 320"
            )
        if self.max_text < 1:
            raise UsageError(f"max_text must be at least 1, got {self.max_text}", hint="use a positive number")

    def size_for(self, pictures: int) -> int:
        """Pixels along the longer side of each thumbnail in a report with this many pictures."""
        return self.thumbnail_size or (LARGE if pictures <= FEW_PICTURES else SMALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything a report shows. ``rows`` is read once and may stream; ``manifest`` has the JSON values on disk.

    ``perspectives`` have the run's scenarios only; ``declared`` all that are installed, so that the overview can say
    what was not run. ``explained``: the failure signatures and worst slices, None where they are not shown. ``again``:
    reads the rows once more, where ``rows`` can be read once only. ``scores``: the scores alone, where they are there
    sooner than ``rows``.
    """

    scorecard: Scorecard
    rows: Iterable[Row]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    perspectives: tuple[Perspective, ...] = ()
    declared: tuple[Perspective, ...] = ()
    explained: RunExplained | None = None
    again: Callable[[], Iterable[Row]] | None = None
    scores: Callable[[], tuple[Scored, ...]] | None = None

    @classmethod
    def of(cls, run: ReportableRun) -> ReportInput:
        return cls(
            scorecard=run.scorecard(),
            rows=run.scored(),
            manifest=_with_use(run),
            perspectives=run.perspectives(),
            declared=plugins.perspectives(),
            again=run.scored,
            scores=getattr(run, "scores", None),
        )

    def reread(self) -> Iterable[Row]:
        """The rows once more."""
        return self.again() if self.again else self.rows

    def scenarios(self) -> dict[str, Scenario]:
        """The declared scenarios by address."""
        return {each.address: each for perspective in self.perspectives for each in perspective.scenarios}


def _with_use(run: ReportableRun) -> dict[str, Any]:
    """The manifest's JSON values; what the run used is read from its store where it has no record of it yet."""
    manifest: dict[str, Any] = msgspec.to_builtins(run.manifest)
    if not manifest.get("use") and hasattr(run, "use"):
        manifest["use"] = msgspec.to_builtins(run.use)
    return manifest


def component_of(metric: Metric) -> str:
    """The score component that a metric is computed from (the metric's name if it does not declare one)."""
    return str(getattr(metric.estimate, "component", metric.name))


def role_of(scenario: Scenario | None, probe: str) -> str:
    """The role whose evaluator answers a probe; the probe's name if no scenario declares it."""
    for each in scenario.probes if scenario else ():
        if each.name == probe:
            return each.role
    return probe
