"""Design: what a way of scoring gives to a scenario."""

from __future__ import annotations

from dataclasses import dataclass

from mmdt.core.problem import Check, unchecked
from mmdt.core.scenario import Metric, Probe, ScoreFunction


@dataclass(frozen=True, slots=True)
class Design:
    """The first of the metrics is the headline. ``components``: everything that ``score`` may write."""

    score: ScoreFunction
    metrics: tuple[Metric, ...]
    components: tuple[str, ...]
    probes: tuple[Probe, ...] = ()
    check: Check = unchecked
