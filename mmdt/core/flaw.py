"""Flaw: why a case cannot be scored, found before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mmdt.core.case import Case


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong with a case and what to do about it. ``key`` is the entry of its target that is to blame; empty
    where it is the target as a whole, or the case."""

    what: str
    cure: str
    key: str = ""


Check = Callable[[Case], Flaw | None]
"""Looks at a case before it is asked; None where its scenario can score whatever comes of it."""


def unchecked(case: Case) -> Flaw | None:
    """For a scenario whose score needs nothing of its cases."""
    return None
