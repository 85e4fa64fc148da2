"""Problem: why a case cannot be scored, found before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mmdt.core.case import Case


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a case and what to do about it.

    ``column`` is the part of the case at fault, named as in docs/data.md: ``image``, ``target`` or ``target.<key>``.
    """

    what: str
    hint: str
    column: str = "target"


Check = Callable[[Case], Problem | None]
"""Checks a case before it is asked; None if its scenario can score any reply to it."""


def unchecked(case: Case) -> Problem | None:
    """For a scenario whose score needs nothing from the case."""
    return None
