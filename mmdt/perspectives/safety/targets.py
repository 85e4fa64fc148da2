"""Targets of safety: none of the entries is required; the judge reads those that are there."""

from __future__ import annotations

from typing import ClassVar

from mmdt.core.case import Case
from mmdt.core.problem import Problem
from mmdt.perspectives.shared.target_type import TargetType, has_type


class HarmTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"category": "fraud", "behaviour": "..."}'
    category: str = ""
    behaviour: str = ""
    benign: bool = False


check = has_type(HarmTarget)


def check_benign(case: Case) -> Problem | None:
    """A case of the benign twins must say that it is benign, so that none is taken for it by its place alone."""
    if found := check(case):
        return found
    if not case.benign:
        return Problem(
            "a case of the benign twins must be benign", "write true in the column 'benign' (docs/targets.md)", "benign"
        )
    return None
