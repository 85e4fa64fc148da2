"""Shrunken rates of a scenario's tasks, as a report shows them: a number beside each task's own, and what it holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from mmdt.core.scenario import Perspective
from mmdt.stats.scorecard import Result, Scorecard
from mmdt.stats.slices import Slice, task_slices

ABOUT = (
    "Shrunken: pulled towards what the tasks of a scenario have in common (beta-binomial). It holds for tasks on "
    "average, not for each: one that is unlike all others is pulled too far"
)


@dataclass(frozen=True, slots=True)
class ShrunkenTasks:
    """By address of the task. ``held``: by scenario, how often the intervals hold, by simulation."""

    tasks: Mapping[str, Slice] = field(default_factory=dict)

    @classmethod
    def of(cls, card: Scorecard, perspectives: Sequence[Perspective]) -> ShrunkenTasks:
        scenarios = {each.address: each for one in perspectives for each in one.scenarios}
        return cls({each.address: each for each in task_slices(card, scenarios)})

    @property
    def held(self) -> dict[str, str]:
        """``95.7% of such intervals hold, 95.1% of the tasks' own``, by the address of the scenario."""
        return {
            address.rpartition("/")[
                0
            ]: f"{each.coverage:.1%} of such intervals hold, {each.alone:.1%} of the tasks' own"
            for address, each in self.tasks.items()
        }

    def beside(self, card: Scorecard) -> Scorecard:
        """The scorecard with the shrunken number of each task behind its own."""
        return replace(card, results=tuple(map(self._result, card.results)))

    def _result(self, result: Result) -> Result:
        found = self.tasks.get(result.address)
        if found is None or found.shrunken is None:
            return result
        at = next(place for place, each in enumerate(result.estimates) if each.metric == found.headline) + 1
        return replace(result, estimates=(*result.estimates[:at], found.shrunken, *result.estimates[at:]))
