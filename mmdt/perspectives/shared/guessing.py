"""How often a guess is right, by design, and accuracy above that chance.

A case of a closed set states the rate in ``target["guess"]``. Published rows are open and state none, except those that
a reply wins which always denies: their rate is 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations, OfCase, ScoreFunction
from mmdt.core.score import MISSING, UNCLEAR, Score
from mmdt.stats.metrics import mean_given

LABELS = {"identification": 25, "attribute": 10, "spatial": 4, "count": 5, "action": 8}
"""Number of equally frequent answers of embedded questions, by task."""
ABOVE, KNOWN, GUESS, STATED = "above_chance", "guess_known", "guess", "guess_stated"
COMPONENTS = (ABOVE, KNOWN, GUESS, STATED)
ABOVE_CHANCE = mean_given(ABOVE, KNOWN, name=ABOVE, title="Accuracy above chance", bounds=(-1.0, 1.0), percent=True)
"""(accuracy - g) / (1 - g) for the guess rate g: 0 for a guess, 1 for everything right. Published rows have no g and
are left out."""
GUESS_RATE = replace(
    mean_given(GUESS, STATED, name=GUESS, title="Right without looking", direction="neither"), optional=True
)
"""The mean guess rate of the answers whose cases have one."""
CHANCE = (ABOVE_CHANCE, GUESS_RATE)
WonBlind = Callable[[Case], bool]


def _never(case: Case) -> bool:
    return False


def chance_of(won_blind: WonBlind = _never) -> OfCase:
    """The guess rate of a case, and whether a score can be put above it: known whatever the model did.

    ``won_blind``: whether a reply that always denies is right, so that the rate of a case which states none is 1."""

    def of(case: Case) -> Mapping[str, float]:
        stated = case.target.get("guess", 1.0 if won_blind(case) else None)
        if not isinstance(stated, int | float) or not 0 <= stated <= 1:
            return {KNOWN: 0.0, STATED: 0.0}
        return {GUESS: float(stated), STATED: 1.0, KNOWN: float(stated <= 1 / 2)}

    return of


def with_chance(score: ScoreFunction, component: str, of_case: OfCase) -> ScoreFunction:
    """The score with the guess rate, and with what its component is above chance where the rate is at most 1/2.

    What an answer says nothing about (one of two questions asked apart, a refusal among valid answers) has no place
    above chance. It is not missing, as an answer is which could not be had or read."""

    def both(case: Case, output: Output, observations: Observations) -> Score:
        found, chance = score(case, output, observations), dict(of_case(case))
        if component not in found.values:
            if found.outcome not in (MISSING, UNCLEAR):
                chance[KNOWN] = 0.0
        elif chance[KNOWN]:
            chance[ABOVE] = (found.values[component] - chance[GUESS]) / (1 - chance[GUESS])
        return found.with_values(chance)

    return both


def guess_rates(tasks: Sequence[str], rates: Mapping[str, float] | None = None) -> str:
    """The probability that a guess is right, by task, in words; ``rates`` where they are not those of the labels."""
    known = {task: 1 / number for task, number in LABELS.items()} | dict(rates or {})
    shares = ", ".join(f"{known[task]:.2g} ({task})" for task in tasks)
    return f"On embedded data, where answers are balanced, a guess is right with probability {shares}."
