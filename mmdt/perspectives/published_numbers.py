"""The published number of any cell or address: one door to the rules of all perspectives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt.perspectives.adversarial import published_rules as adversarial
from mmdt.perspectives.fairness import published_rules as fairness
from mmdt.perspectives.hallucination import published_rules as hallucination
from mmdt.perspectives.ood import published_rules as ood
from mmdt.perspectives.privacy import published_rules as privacy
from mmdt.perspectives.published_scores import SCORES
from mmdt.perspectives.safety import published_rules as safety
from mmdt.perspectives.shared.published_rule import Rule, Seen

RULES: Mapping[str, Rule] = {**hallucination.RULES, **adversarial.RULES, **ood.RULES, **privacy.RULES}
"""Rules of one row, by cell."""
OTHER_NAMES = {"adv": "adversarial"}
"""The authors' name of a perspective -> mmdt's."""


def rule_of(address: str) -> Callable[[Any, Seen], Any] | None:
    """From ``(row, observed)`` of a vector to its numbers; None where mmdt has no published rule for the address.

    The rule raises NoPublishedNumberError where the authors' code stops.
    """
    first, slash, rest = address.partition("/")
    address = OTHER_NAMES.get(first, first) + slash + rest
    scenario = address if address.count("/") == 2 else address.rpartition("/")[0]
    if address in SCORES and address not in safety.RULES:
        return _without_row(SCORES[address])
    if scenario in safety.RULES:
        return _of_safety(safety.RULES[scenario])
    if address in adversarial.RULES:
        return _of_adversarial(adversarial.RULES[address])
    return RULES.get(address) or fairness.RULES.get(address)


def _without_row(score: Callable[[Seen], Any]) -> Callable[[Any, Seen], Any]:
    return lambda _, seen: score(seen)


def _of_safety(rule: Rule) -> Callable[[Any, Seen], Any]:
    """A row, or several with the cases of a scenario."""
    return lambda row, seen: safety.rates(rule, row, seen["cases"]) if "cases" in seen else rule(row, seen)


def _of_adversarial(rule: Rule) -> Callable[[Any, Seen], Any]:
    """A picture or reply, or several pictures of a prompt."""
    return lambda row, seen: adversarial.over_pictures(rule, row, seen) if "pictures" in seen else rule(row, seen)
