"""How often a guess is right, by design, and accuracy above that chance.

A case of a closed set states the rate in ``target["guess"]``; published rows are open and state none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations, ScoreFunction
from mmdt.core.score import Score
from mmdt.stats.metrics import mean_given

LABELS = {"identification": 25, "attribute": 10, "spatial": 4, "count": 5, "action": 8}
"""Number of equally frequent answers of embedded questions, by task."""
ABOVE, KNOWN = "above_chance", "guess_known"
COMPONENTS = (ABOVE, KNOWN)
ABOVE_CHANCE = mean_given(ABOVE, KNOWN, name=ABOVE, title="Accuracy above chance", bounds=(-1.0, 1.0), percent=True)
"""(accuracy - g) / (1 - g) for the guess rate g: 0 for a guess, 1 for everything right. Published rows have no g and
are left out."""


def with_chance(score: ScoreFunction, component: str) -> ScoreFunction:
    """The score with what its component is above chance, where the target states the guess rate (at most 1/2)."""

    def both(case: Case, output: Output, observations: Observations) -> Score:
        found, guess = score(case, output, observations), case.target.get("guess")
        if component not in found.values:
            return found
        if not isinstance(guess, int | float) or not 0 <= guess <= 1 / 2:
            return replace(found, values={**found.values, KNOWN: 0.0})
        above = (found.values[component] - guess) / (1 - guess)
        return replace(found, values={**found.values, ABOVE: above, KNOWN: 1.0})

    return both


def guess_rates(tasks: Sequence[str], rates: Mapping[str, float] | None = None) -> str:
    """The probability that a guess is right, by task, in words; ``rates`` where they are not those of the labels."""
    known = {task: 1 / number for task, number in LABELS.items()} | dict(rates or {})
    shares = ", ".join(f"{known[task]:.2g} ({task})" for task in tasks)
    return f"On embedded data, where answers are balanced, a guess is right with probability {shares}."
