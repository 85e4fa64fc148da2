"""counter.rules: reads counts of objects from a reply, by rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.rule_evaluator import RuleEvaluator
from mmdt.reading.counts import counts_in, gives_no_number

COUNTER_VERSION = "4"


def counts_said(reply: str, question: Mapping[str, Any]) -> Observation:
    """``{"counts": {object: number or null}, "unclear": [objects]}``: of unclear objects the rules cannot tell whether
    the reply gives a number; an object with null that is not unclear was given none."""
    counts = counts_in(reply, question["objects"])
    unclear = [] if gives_no_number(reply) else [name for name, number in counts.items() if number is None]
    return Observation({"counts": counts, "unclear": unclear})


def open_counter(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Entry point of the counter that uses rules."""
    note = "by rules: replies that leave them in doubt are unclear; a judge would read them"
    return RuleEvaluator("counter/rules", COUNTER_VERSION, note, counts_said, embedded=False)
