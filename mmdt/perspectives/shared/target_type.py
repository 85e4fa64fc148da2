"""TargetType: what a target must hold for its score to be computed, as a type, and the problem of one that does not.

Entries that a type does not name are free: embedded cases hold more than their scores read.
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
"""A string that is not blank."""
Texts = Annotated[list[Text], Meta(min_length=1)]
Number = Annotated[int, Meta(ge=0)]
Numbers = Annotated[dict[Text, Number], Meta(min_length=1)]
YesNo = Literal["yes", "no"]


class TargetType(msgspec.Struct, frozen=True):
    """The entries of a target.

    ``example`` is shown in the hint of every problem. A ValueError of ``__post_init__`` says which entries contradict
    each other.
    """

    example: ClassVar[str]


class AnyTarget(TargetType, frozen=True):
    """What every target may hold, whatever is asked.

    ``options``: the labels of a closed set, of which a reply must affirm those in ``truth`` and no other; ``guess``:
    how often a guess at them is right. ``unasked``: kinds of objects that nobody asked for, of which a picture may show
    no more than one.
    """

    example: ClassVar[str] = '{"answer": "red", "truth": ["red"], "options": ["red", "blue"], "guess": 0.5}'
    options: list[Text] = msgspec.field(default_factory=list)
    truth: list[Text] = msgspec.field(default_factory=list)
    unasked: list[Text] = msgspec.field(default_factory=list)
    guess: Annotated[float, Meta(ge=0, le=1)] = 0.0

    def __post_init__(self) -> None:
        if self.options and not self.truth:
            raise ValueError("it has 'options' without the 'truth' among them")


TargetTypes = Mapping[str, type[TargetType]]
"""The first of these keys that a target holds decides its type; the key ``""`` stands for any target."""


def deciding_key(target: Mapping[str, Any], types: TargetTypes) -> str | None:
    """The key that decides the type of a target; None where it holds none of them."""
    return next((key for key in types if not key or key in target), None)


def target_problem(target: Mapping[str, Any], types: TargetTypes) -> Problem | None:
    """Why a target has none of these types; None where it has one."""
    key = deciding_key(target, types)
    if key is None:
        named = " or ".join(map(repr, types))
        return Problem(f"the target has no {named}", _hint(next(iter(types.values()))), _column(next(iter(types))))
    wanted = types[key]
    try:
        msgspec.convert(dict(target), wanted)
        msgspec.convert(dict(target), AnyTarget)
    except msgspec.ValidationError as error:
        return _problem(str(error), wanted)
    return None


def has_type(wanted: type[TargetType]) -> Check:
    """A check that every target has one type."""
    return lambda case: target_problem(case.target, {"": wanted})


def has_type_of_task(types: Mapping[str, type[TargetType]]) -> Check:
    """A check that a target has the type of the case's task."""

    def check(case: Case) -> Problem | None:
        wanted = types.get(case.cell.task)
        return None if wanted is None else target_problem(case.target, {"": wanted})

    return check


def with_picture(check: Check) -> Check:
    """The check, and that a case whose modality sends pictures has one: without one, a model could only guess."""

    def both(case: Case) -> Problem | None:
        if case.cell.flow.sends_images and not case.images:
            return Problem("the case asks about a picture but has none", "give one in the column 'image'", "image")
        return check(case)

    return both


_MISSING = re.compile(r"Object missing required field `(?P<field>[^`]+)`(?: - at `\$\.(?P<at>[^`]+)`)?")
_LOCATED = re.compile(r"(?P<what>.*) - at `\$\.(?P<at>[^`]+)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `(?P<wanted>[^`]+)`(?P<bound>[^,]*)(?:, got `(?P<found>[^`]+)`)?", re.DOTALL)
_JSON_NAMES = {
    "array": "a list",
    "object": "a JSON object",
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "null": "null",
}


def _problem(message: str, wanted: type[TargetType]) -> Problem:
    """msgspec's message, in words for people who write data."""
    missing = _MISSING.fullmatch(message)
    if missing:
        place = f"{missing['at']}.{missing['field']}" if missing["at"] else missing["field"]
        return Problem(f"the target has no {place!r}", _hint(wanted), _column(place))
    located = _LOCATED.fullmatch(message)
    if located is None:
        return Problem(f"the target contradicts itself: {message}", _hint(wanted))
    place, key = located["at"].replace("[...]", ""), _key(located["at"])
    return Problem(f"in the target, {place!r} {_words(located['what'], wanted, key)}", _hint(wanted), _column(place))


def _words(message: str, wanted: type[TargetType], key: str) -> str:
    if message.startswith("Invalid enum value "):
        choices = ", ".join(_choices(get_type_hints(wanted, include_extras=True)[key]))
        return f"has {message.removeprefix('Invalid enum value ')}, which is not one of {choices}"
    found = _EXPECTED.fullmatch(message)
    if found is None:
        return f"is wrong: {message}"
    if "regex" in found["bound"]:
        return "must be a non-empty string" if r"\S" in found["bound"] else "has the wrong format"
    names = " or ".join(_JSON_NAMES[each] for each in found["wanted"].split(" | ") if each != "null")
    got = f", not {_JSON_NAMES.get(found['found'], found['found'])}" if found["found"] else ""
    bound = found["bound"].replace(" of length >=", " of length at least").replace(" >=", " of at least")
    return f"must be {names}{bound}{got}"


def _choices(hint: Any) -> list[str]:
    if get_origin(hint) is Literal:
        return [str(each) for each in get_args(hint)]
    return [choice for each in get_args(hint) for choice in _choices(each)]


def _column(place: str) -> str:
    return f"target.{_key(place)}"


def _key(place: str) -> str:
    return re.split(r"[.\[]", place, maxsplit=1)[0]


def _hint(wanted: type[TargetType]) -> str:
    return f"write for example {wanted.example} (docs/targets.md)"
