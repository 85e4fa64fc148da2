"""Explanation: what one run, or several, say about why the numbers are what they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from mmdt.core.scenario import Perspective, Scenario
from mmdt.stats.explain.findings import Answer, Answers, Finding, findings
from mmdt.stats.explain.front import Placed, placed
from mmdt.stats.explain.plane import Correlation, PlanePoint, correlations, plane
from mmdt.stats.explain.spatial import SpatialSlice, spatial
from mmdt.stats.explain.worst import WorstSlices, worst_slices
from mmdt.stats.scorecard import Scorecard
from mmdt.stats.trade_offs import Point, points


@dataclass(frozen=True, slots=True)
class RunExplained:
    """One run: its signatures, its points in the resilience plane, its spatial skill and its worst slices. ``note``:
    what a reader must know about all of its intervals; usually nothing."""

    run: str
    findings: tuple[Finding, ...]
    plane: tuple[PlanePoint, ...]
    spatial: tuple[SpatialSlice, ...]
    worst: WorstSlices
    trade_offs: tuple[Point, ...]
    note: str = ""

    @property
    def shown(self) -> tuple[Finding, ...]:
        """The signatures that are shown beyond noise."""
        return tuple(each for each in self.findings if each.verdict == "shown")


@dataclass(frozen=True, slots=True)
class Explanation:
    """``runs``, one by one; ``correlations`` of bypass and harm over the categories of each and over all models;
    ``fronts``: the trade-offs over the models."""

    runs: tuple[RunExplained, ...]
    correlations: tuple[Correlation, ...]
    fronts: tuple[Placed, ...]


def explain_run(
    run: str,
    model: str,
    scenarios: Mapping[str, Scenario],
    perspectives: Iterable[Perspective],
    card: Scorecard,
    answers: Iterable[Answer],
    keys: Sequence[str] = (),
) -> RunExplained:
    """One run from its scored outputs with the targets of their cases. ``run`` names it; ``model`` is what the
    commands of confirming experiments ask; ``keys``: the entries of targets that slices are made by."""
    found = list(answers)
    return RunExplained(
        run,
        findings(Answers(scenarios, found), card, model),
        plane(run, (scored for scored, _ in found)),
        spatial(found),
        worst_slices(scenarios, found, keys),
        points(perspectives, card, run),
    )


def explanation(runs: Sequence[RunExplained]) -> Explanation:
    """Several runs together."""
    every = [point for each in runs for point in each.plane]
    return Explanation(tuple(runs), correlations(every), placed([point for each in runs for point in each.trade_offs]))
