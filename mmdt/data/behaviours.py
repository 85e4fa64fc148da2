"""Behaviours in rows of a user's own file: the columns that data sets of the field have for them (HarmBench,
JailbreakBench, AdvBench, StrongREJECT), in capitals or not.

A behaviour is a phrase that follows "how to". Rows that are sentences of their own are asked all the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mmdt.core.behaviour import Behaviour
from mmdt.data.kinds import kind_of
from mmdt.data.records import Record
from mmdt.errors import DataError
from mmdt.spelling import option

TEXT = ("behaviour", "goal", "behavior", "request", "forbiddenprompt", "prompt", "text")
"""Columns with the behaviour, their names without capitals, spaces and underscores; the first that is there counts.
JailbreakBench has both ``Goal``, what is asked, and ``Behavior``, the name of a kind of request."""
CATEGORY = ("category", "semanticcategory", "functionalcategory")
CONTEXT = ("contextstring", "context")
THING = ("thing",)
UNNAMED = "unnamed"
"""The category of a row that names none."""
HEADS = tuple(
    form for name in (*TEXT, "forbidden_prompt") for form in (name, name.capitalize(), name.upper(), name.title())
)
"""How the first line of a CSV may write the column with the behaviour."""


def behaviour_of(record: Record) -> Behaviour:
    """The behaviour of a row; its context, where it has one, follows in a paragraph of its own. Raises DataError."""
    values = plain_names(record.values)
    if values.get("imagefilename"):
        hint = f"leave such rows out, or make them cases with a picture for {option('data')} of a run"
        what = "the behaviour is about a picture of its own, which would be left out"
        raise DataError(what, where=record.where, hint=hint)
    text = first_text(values, TEXT, record.where)
    if not text:
        hint = "put it into a column 'behaviour', 'goal' or 'prompt'; a case names its cell in the column 'cell'"
        raise DataError("the row has no behaviour", where=record.where, hint=hint)
    context = first_text(values, CONTEXT, record.where)
    whole = "\n\n".join(each for each in (text.rstrip(" ."), context) if each)
    category = first_text(values, CATEGORY, record.where) or UNNAMED
    try:
        return Behaviour(category, whole, first_text(values, THING, record.where))
    except DataError as error:
        raise DataError(error.what, where=record.where, hint=error.hint) from error


def plain_names(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a row by the plain names of its columns: without capitals, spaces and underscores."""
    return {str(name).strip().lower().replace(" ", "").replace("_", ""): value for name, value in values.items()}


def first_text(values: Mapping[str, Any], names: Sequence[str], where: str) -> str:
    """The first of these columns that holds something, as text. Raises DataError where it is none."""
    for name in names:
        value = values.get(name)
        if value is None or value == "":
            continue
        if not isinstance(value, str):
            what = f"column {name!r}: expected text, got {kind_of(value)}"
            raise DataError(what, where=where, hint="write it as text")
        return value.strip()
    return ""
