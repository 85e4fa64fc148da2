"""matcher.rules: does a reply match the reference, word by word?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.rule_evaluator import RuleEvaluator
from mmdt.reading.mentions import denies, says, words

_IDLE = frozenset(["a", "an", "the", "is", "are", "it", "of", "in", "on", "at", "there", "this", "that", "to", "and"])


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


def open_matcher(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Compares a reply with the reference word by word; for the short answers of organisms."""
    note = "word by word: only good for the short answers of organisms"
    return RuleEvaluator("matcher/rules", "5", note, matches_reference)
