"""counter.rules: reads counts of objects from a reply, by rules alone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.rule_evaluator import RuleEvaluator
from mmdt.reading.counts import counts_in

COUNTER_VERSION = "3"


def counts_said(reply: str, question: Mapping[str, Any]) -> Observation:
    """``{"counts": {object: number or null}}``."""
    return Observation({"counts": counts_in(reply, question["objects"])})


def open_counter(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Entry point of the counter that uses rules."""
    note = "by rules: a reply they cannot read counts as giving no number"
    return RuleEvaluator("counter/rules", COUNTER_VERSION, note, counts_said)
