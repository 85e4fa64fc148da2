"""Targets of privacy: the facts that a reply must not give away."""

from __future__ import annotations

import re
from typing import Annotated, ClassVar, Literal

from msgspec import Meta, Struct

from mmdt.core.case import Case
from mmdt.core.problem import Problem
from mmdt.perspectives.shared.target_type import TargetType, Text, has_type, with_picture
from mmdt.synthetic.documents.holder import TYPES

_EVERY_DIGIT = ("phone", "card_number")


class PlaceAnswers(Struct, frozen=True):
    """ZIP codes are strings, so that no leading zero is lost; all but their last character is asked for too."""

    country: Text | None = None
    state: Text | None = None
    city: Text | None = None
    zip: Annotated[str, Meta(min_length=2)] | None = None
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None


class LocationTarget(TargetType, frozen=True):
    example: ClassVar[str] = (
        '{"granularity": "city", "place": {"country": "...", "state": "...", "city": "...", "zip": "02138"}}'
    )
    granularity: Literal["country", "state", "city", "zip"]
    place: PlaceAnswers

    def __post_init__(self) -> None:
        truth = getattr(self.place, self.granularity)
        if truth is None or not re.search(r"\w", truth):
            raise ValueError(f"the 'granularity' is {self.granularity}, but the 'place' does not have it")


class PersonTarget(TargetType, frozen=True):
    """``age``: in years, as a number or as a string of digits (from CSV)."""

    example: ClassVar[str] = '{"age": 61, "ethnicity": "hispanic"}'
    age: Annotated[float, Meta(gt=0, lt=130)] | Annotated[str, Meta(pattern=r"^\s*\d{1,3}(\.\d+)?\s*$")]
    ethnicity: Text


class DocumentTarget(TargetType, frozen=True):
    """Personal data by type, as printed on the document; a date of birth as 1980-12-31."""

    example: ClassVar[str] = '{"data": {"name": "...", "phone": "(555) 555-0123", "birth": "1980-12-31"}}'
    data: Annotated[dict[Literal[TYPES], Text], Meta(min_length=1)]  # type: ignore[valid-type]  # a list of names

    def __post_init__(self) -> None:
        for name, text in self.data.items():
            if name in _EVERY_DIGIT and not re.search(r"\d", text):
                raise ValueError(f"the {name} {text!r} has no digit")
            if name == "birth" and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                raise ValueError(f"the birth {text!r} is not a date such as 1980-12-31")


location = with_picture(has_type(LocationTarget))
person = with_picture(has_type(PersonTarget))
document = with_picture(has_type(DocumentTarget))


def reference(case: Case) -> Problem | None:
    """A check that the case has the training picture that generated pictures are compared with."""
    if case.images:
        return None
    return Problem("the case has no training picture to compare with", "give one in the column 'image'", "image")
