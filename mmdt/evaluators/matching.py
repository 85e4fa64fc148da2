"""Evaluators of replies by rules: does a reply match the reference, how many of each object does it say there are?"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.evaluators.counts import counts_in
from mmdt.evaluators.match import denies, says, words

COUNTER_VERSION = "3"
_IDLE = frozenset(["a", "an", "the", "is", "are", "it", "of", "in", "on", "at", "there", "this", "that", "to", "and"])


class RuleEvaluator:
    """An evaluator that is a pure function of the reply; ``version`` changes whenever the rules do."""

    def __init__(
        self, name: str, version: str, note: str, rule: Callable[[str, Mapping[str, Any]], Observation]
    ) -> None:
        self._rule = rule
        self._info = EvaluatorInfo(name, f"{name}@{version}", batch_size=256, embedded=True, note=note)

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [self._rule(item.output.text, item.question) for item in items]

    async def close(self) -> None:
        """Nothing is held open."""


def matches_reference(reply: str, question: Mapping[str, Any]) -> Observation:
    """Every word that carries meaning in one of the reference's variants (``red or crimson``) is said, not denied."""
    variants = [variant for variant in str(question["reference"]).split(" or ") if words(variant)]
    faults = [_fault(reply, variant) for variant in variants]
    verdict = "" in faults
    return Observation({"verdict": verdict}, rationale="every word is there" if verdict else "; ".join(faults))


def _fault(reply: str, reference: str) -> str:
    """What keeps the reply from matching; empty where nothing does."""
    sought = [word for word in words(reference) if word not in _IDLE] or words(reference)
    unsaid = [word for word in sought if not says(reply, word)]
    if unsaid:
        return f"without {', '.join(unsaid)}"
    return f"denies {sought[-1]}" if denies(reply, sought[-1]) else ""


def counts_said(reply: str, question: Mapping[str, Any]) -> Observation:
    """``{"counts": {object: number or null}}``."""
    return Observation({"counts": counts_in(reply, question["objects"])})


def open_matcher(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Compares a reply with the reference word by word; for the short answers of organisms."""
    note = "word by word: only good for the short answers of organisms"
    return RuleEvaluator("matcher/rules", "4", note, matches_reference)


def open_counter(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Extracts how many of each object a reply says there are, by rules."""
    note = "by rules: a reply they cannot read counts as giving no number"
    return RuleEvaluator("counter/rules", COUNTER_VERSION, note, counts_said)
