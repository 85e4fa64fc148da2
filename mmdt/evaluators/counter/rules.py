"""counter.rules: reads counts of objects from a reply, by rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.rule_evaluator import RuleEvaluator
from mmdt.reading.counting.counts import counts_in
from mmdt.reading.counting.uncounted import uncounted

COUNTER_VERSION = "5"


def counts_said(reply: str, question: Mapping[str, Any]) -> Observation:
    """``{"counts": {object: number or null}, "unclear": [objects]}``: of unclear objects the rules cannot tell whether
    the reply gives a number; an object with null that is not unclear was given none, or several to choose from."""
    counts = counts_in(reply, question["objects"])
    none = uncounted(reply, [name for name, number in counts.items() if number is None])
    unclear = [name for name, number in counts.items() if number is None and name not in none]
    return Observation({"counts": counts, "unclear": unclear})


def open_counter(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Entry point of the counter that uses rules."""
    note = "by rules: replies that leave them in doubt are unclear; a judge would read them"
    return RuleEvaluator("counter/rules", COUNTER_VERSION, note, counts_said, embedded=False)
