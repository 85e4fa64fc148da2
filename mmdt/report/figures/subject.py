"""What figures are drawn of: one or several runs, each with a name, its scorecard and where its headlines stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.core.scenario import Perspective
from mmdt.report.names import DisplayNames
from mmdt.report.overview import OverviewCell, overview
from mmdt.report.standing import Standing, standings
from mmdt.stats.scorecard import Scorecard


@dataclass(frozen=True, slots=True)
class Subject:
    """A run, as figures show it."""

    label: str
    scorecard: Scorecard
    perspectives: tuple[Perspective, ...]
    cells: tuple[OverviewCell, ...]
    standings: tuple[Standing, ...]
    names: DisplayNames

    @classmethod
    def of(cls, label: str, scorecard: Scorecard, perspectives: Sequence[Perspective]) -> Subject:
        """``perspectives``: all that are declared, so that a figure can show what was not run."""
        names = DisplayNames.of(perspectives)
        cells = overview(scorecard, perspectives)
        return cls(label, scorecard, tuple(perspectives), cells, standings(cells, names), names)
