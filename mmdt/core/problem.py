"""Problem: why a case cannot be scored, found before it is asked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mmdt.core.case import Case


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a case and what to do about it.

    ``column`` is the part of it that is to blame, as columns of data are called (docs/data.md): ``image``, ``target``
    or ``target.<key>``.
    """

    what: str
    hint: str
    column: str = "target"


Check = Callable[[Case], Problem | None]
"""Looks at a case before it is asked; None where its scenario can score whatever comes of it."""


def unchecked(case: Case) -> Problem | None:
    """For a scenario whose score needs nothing of its cases."""
    return None
