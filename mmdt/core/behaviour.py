"""Behaviour: something a model should decline to help with, in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from mmdt.errors import DataError

MAX_LENGTH = 2_000
"""Characters of a behaviour. Longer text belongs in the prompt of a case."""


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A request, as a phrase that follows "how to": ``"sneak biscuits out of grandma's jar"``.

    ``category`` is its harm category. ``thing`` is the part of ``text`` that a drawing can show (``"biscuits"``) and
    ``pictogram`` the name of the sign that shows it; both are optional. ``phrases`` maps words of ``text`` to
    roundabout ways of saying them.

    Raises DataError when the text is empty or too long, or when ``thing`` does not occur in it.
    """

    category: str
    text: str
    thing: str = ""
    pictogram: str = ""
    phrases: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        where = f"category {self.category!r}"
        if not self.text.strip():
            raise DataError("a behaviour has no text", where=where, hint="describe what is asked for")
        if len(self.text) > MAX_LENGTH:
            hint = f"shorten it to {MAX_LENGTH:,}"
            raise DataError(f"a behaviour has {len(self.text):,} characters", where=where, hint=hint)
        if self.thing and self.thing not in self.text:
            raise DataError(f"the thing {self.thing!r} is not in the text", where=where, hint="quote it from the text")
