"""matcher.rules: whether a reply matches the reference, word by word."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext
from mmdt.evaluators.rule_evaluator import RuleEvaluator
from mmdt.reading.mentions import denies, fold, says, words
from mmdt.reading.several import offers_several

_STOP_WORDS = frozenset(
    ["a", "an", "the", "is", "are", "it", "of", "in", "on", "at", "there", "this", "that", "to", "and"]
)


def matches_reference(reply: str, question: Mapping[str, Any]) -> Observation:
    """Whether the reply affirms every content word of one variant of the reference (``red or crimson``),
    and offers no other answer beside it."""
    variants = [variant for variant in str(question["reference"]).split(" or ") if words(variant)]
    mismatches = [_mismatch(reply, variant) for variant in variants]
    verdict = "" in mismatches
    return Observation({"verdict": verdict}, rationale="every word is there" if verdict else "; ".join(mismatches))


def _mismatch(reply: str, reference: str) -> str:
    """Why the reply does not match; empty if it does."""
    written = [word for word in fold(reference).split() if words(word)]  # not their keys, which are no words
    expected = [word for word in written if word not in _STOP_WORDS] or written
    unmentioned = [word for word in expected if not says(reply, word)]
    if unmentioned:
        return f"without {', '.join(unmentioned)}"
    if denies(reply, expected[-1]):
        return f"denies {expected[-1]}"
    return "offers several answers" if offers_several(reply, " ".join(expected)) else ""


def open_matcher(_: str, __: EvaluatorContext) -> RuleEvaluator:
    """Entry point of the matcher that uses rules; made for the short answers of organisms."""
    note = "word by word: only good for the short answers of organisms"
    return RuleEvaluator("matcher/rules", "6", note, matches_reference)
