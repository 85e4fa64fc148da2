"""What a report is made of, so that it can be driven from a run, a notebook or a test alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import msgspec

from mmdt.core.scenario import Metric, Perspective, Scenario
from mmdt.core.score import Scored
from mmdt.errors import UsageError
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.scoring import Trial

FEW_PICTURES = 1000
LARGE, SMALL = 320, 160
"""Pixels along the longer side of a thumbnail: few pictures can be looked at closely."""

Row = tuple[Trial, Scored]
"""One output (or one that is missing) with its score."""


class Source(Protocol):
    """A run as reports and exports read it (``mmdt.runs.result.Run``); each call reads the run's folder again."""

    @property
    def manifest(self) -> Any:
        """The manifest, as a value that encodes to the JSON on disk."""
        ...

    def perspectives(self) -> tuple[Perspective, ...]: ...
    def scored(self) -> Iterable[Row]: ...
    def scorecard(self) -> Scorecard: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportOptions:
    """How much goes into a report.

    ``max_cases``: outputs shown at most; harmful and missing ones come first, then a fixed sample of the rest.
    ``thumbnails``: embed small pictures, ``thumbnail_size`` pixels along the longer side (None: 320 for up to
    a thousand pictures, 160 for more, so that the file stays one that a browser opens at ease).
    ``max_text``: characters kept of each text.
    """

    max_cases: int = 10_000
    thumbnails: bool = True
    thumbnail_size: int | None = None
    max_text: int = 20_000

    def __post_init__(self) -> None:
        if self.max_cases < 0:
            raise UsageError(f"max_cases is {self.max_cases}", hint="give a number that is not below zero")
        if self.thumbnail_size is not None and not 16 <= self.thumbnail_size <= 1024:
            raise UsageError(f"thumbnail_size is {self.thumbnail_size}", hint="give 16 to 1024 pixels")
        if self.max_text < 1:
            raise UsageError(f"max_text is {self.max_text}", hint="give a number above zero")

    def size_for(self, pictures: int) -> int:
        """Pixels along the longer side of each of so many pictures."""
        return self.thumbnail_size or (LARGE if pictures <= FEW_PICTURES else SMALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportInput:
    """Everything a report shows. ``rows`` is read once and may stream; ``manifest`` holds JSON values as on disk."""

    scorecard: Scorecard
    rows: Iterable[Row]
    manifest: Mapping[str, Any] = field(default_factory=dict)
    perspectives: tuple[Perspective, ...] = ()

    @classmethod
    def of(cls, run: Source) -> ReportInput:
        return cls(
            scorecard=run.scorecard(),
            rows=run.scored(),
            manifest=msgspec.to_builtins(run.manifest),
            perspectives=run.perspectives(),
        )

    def scenarios(self) -> dict[str, Scenario]:
        """The declared scenarios by address."""
        return {each.address: each for perspective in self.perspectives for each in perspective.scenarios}


def component_of(metric: Metric) -> str:
    """The component of a score that a metric is computed from (its own name where it does not tell)."""
    return str(getattr(metric.estimate, "component", metric.name))


def role_of(scenario: Scenario | None, probe: str) -> str:
    """The role whose evaluator answers a probe; the probe's own name where no scenario declares it."""
    for each in scenario.probes if scenario else ():
        if each.name == probe:
            return each.role
    return probe
