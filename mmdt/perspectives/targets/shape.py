"""Shape: what a target must hold for its score to be computed, as a type; and how a target that differs is told.

Entries that a shape does not name are free: embedded cases carry more than their scores read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, get_args, get_origin, get_type_hints

import msgspec
from msgspec import Meta

from mmdt.core.case import Case
from mmdt.core.problem import Check, Problem

Text = Annotated[str, Meta(pattern=r"\S")]
"""Text with something in it."""
Texts = Annotated[list[Text], Meta(min_length=1)]
Number = Annotated[int, Meta(ge=0)]
Counts = Annotated[dict[Text, Number], Meta(min_length=1)]
YesNo = Literal["yes", "no"]


class Shape(msgspec.Struct, frozen=True):
    """The entries of a target. ``example`` is shown to who got it wrong; a ValueError of ``__post_init__`` says what
    does not go together."""

    example: ClassVar[str]


Kinds = Mapping[str, type[Shape]]
"""The first of these keys that a target holds decides which shape it has; the key ``""`` is a shape for any target."""


def deciding(target: Mapping[str, Any], kinds: Kinds) -> str | None:
    """The key that decides what shape a target has; None where it holds none of them."""
    return next((key for key in kinds if not key or key in target), None)


def flaw_of(target: Mapping[str, Any], kinds: Kinds) -> Problem | None:
    """What keeps a target from having one of these shapes."""
    key = deciding(target, kinds)
    if key is None:
        named = " or ".join(map(repr, kinds))
        return Problem(f"the target holds no {named}", _cure(next(iter(kinds.values()))), _column(next(iter(kinds))))
    shape = kinds[key]
    try:
        msgspec.convert(dict(target), shape)
    except msgspec.ValidationError as error:
        return _flaw(str(error), shape)
    return None


def shaped(shape: type[Shape]) -> Check:
    """A check that every target has one shape."""
    return lambda case: flaw_of(case.target, {"": shape})


def by_task(shapes: Mapping[str, type[Shape]]) -> Check:
    """A check whose shape the case's task decides."""

    def check(case: Case) -> Problem | None:
        shape = shapes.get(case.cell.task)
        return None if shape is None else flaw_of(case.target, {"": shape})

    return check


def of_picture(check: Check) -> Check:
    """The check, and that an image-to-text case has a picture: asked blindly, a model could only guess."""

    def both(case: Case) -> Problem | None:
        if case.cell.modality == "i2t" and not case.images:
            return Problem("the case asks about a picture and has none", "give it in the column 'image'", "image")
        return check(case)

    return both


_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`(?: - at `\$\.(?P<at>[^`]+)`)?")
_PLACED = re.compile(r"(?P<what>.*) - at `\$\.(?P<at>[^`]+)`", re.DOTALL)
_DUE = re.compile(r"Expected `(?P<due>[^`]+)`(?P<bound>[^,]*)(?:, got `(?P<found>[^`]+)`)?", re.DOTALL)
_KINDS = {
    "array": "a list",
    "object": "a JSON object",
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "nothing",
}


def _flaw(said: str, shape: type[Shape]) -> Problem:
    """What msgspec found, in words for people."""
    missing = _MISSING.fullmatch(said)
    if missing:
        place = f"{missing['at']}.{missing['field']}" if missing["at"] else missing["field"]
        return Problem(f"the target has no {place!r}", _cure(shape), _column(place))
    placed = _PLACED.fullmatch(said)
    if placed is None:
        return Problem(f"the target does not fit together: {said}", _cure(shape))
    place, key = placed["at"].replace("[...]", ""), _key(placed["at"])
    return Problem(f"in the target's {place!r} {_words(placed['what'], shape, key)}", _cure(shape), _column(place))


def _words(said: str, shape: type[Shape], key: str) -> str:
    if said.startswith("Invalid enum value "):
        choices = ", ".join(_choices(get_type_hints(shape, include_extras=True)[key]))
        return f"{said.removeprefix('Invalid enum value ')} is none of {choices}"
    due = _DUE.fullmatch(said)
    if due is None:
        return said
    if "regex" in due["bound"]:
        return "text with something in it is due"
    kinds = " or ".join(_KINDS[each] for each in due["due"].split(" | ") if each != "null")
    found = f", not {_KINDS.get(due['found'], due['found'])}" if due["found"] else ""
    bound = due["bound"].replace(" of length >=", " of length at least").replace(" >=", " of at least")
    return f"{kinds}{bound} is due{found}"


def _choices(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(each) for each in get_args(hint)]
    return [choice for each in get_args(hint) for choice in _choices(each)]


def _column(place: str) -> str:
    return f"target.{_key(place)}"


def _key(place: str) -> str:
    return re.split(r"[.\[]", place, maxsplit=1)[0]


def _cure(shape: type[Shape]) -> str:
    return f"write for example {shape.example} (docs/targets.md)"
