"""How often the judges of a panel differ, as a number of each scenario and cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from mmdt.core.estimate import Estimate
from mmdt.core.observation import Observation
from mmdt.core.score import Scored
from mmdt.stats.intervals.means import mean_estimate
from mmdt.stats.scorecard import Result, Scorecard

DIFFER = "judges_differ"
"""The metric's name: the share of outputs on which judges of a panel that were asked do not say the same."""
_Rows = list[tuple[float, Scored]]


@dataclass
class PanelVotes:
    """The outputs that panels looked at, by scenario and by cell."""

    _rows: dict[str, _Rows] = field(default_factory=dict)

    def look(self, observations: Mapping[str, Observation], row: Scored) -> None:
        """Take notice of one output: whether any two judges of a panel that looked at it differ."""
        differ = [found for each in observations.values() if (found := _differ(each)) is not None]
        if differ:
            for address in (row.cell.parent, str(row.cell)):
                self._rows.setdefault(address, []).append((float(any(differ)), row))

    def beside(self, card: Scorecard) -> Scorecard:
        """The scorecard with the share after the other numbers of each scenario and cell that a panel judged."""
        return replace(card, results=tuple(map(self._with, card.results)))

    def _with(self, result: Result) -> Result:
        rows = self._rows.get(result.address)
        if not rows:
            return result
        return replace(result, estimates=(*result.estimates, _share(rows)))


def _differ(seen: Observation) -> bool | None:
    """Whether the judges of a panel differ; None for one judge alone, and where fewer than two have a verdict."""
    votes = seen.value.get("votes")
    if not isinstance(votes, Mapping):
        return None
    given = [vote for vote in votes.values() if vote is not None]
    return len(set(map(str, given))) > 1 if len(given) > 1 else None


def _share(rows: _Rows) -> Estimate:
    return mean_estimate(
        DIFFER,
        [value for value, _ in rows],
        [row.cluster for _, row in rows],
        direction="neither",
        strata=[row.cell.task for _, row in rows],
        weights=[row.weight for _, row in rows],
    )
