"""How a labelled row becomes an item for a role, and what its label and the evaluator's value say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from mmdt.core.protocols import Item
from mmdt.errors import DataError
from mmdt.evaluators.judge.answers import CLASSES
from mmdt.evaluators.judge.prompt import question
from mmdt.validate.evaluators.labels.rows import Row
from mmdt.validate.evaluators.question import item

_YES = {"yes": "yes", "true": "yes", "1": "yes", "no": "no", "false": "no", "0": "no"}


@dataclass(frozen=True, slots=True)
class Role:
    """``positive`` is the label whose finding is sensitivity, ``negative`` the one whose finding is specificity.

    Where both are empty every label is a class of its own (numbers), and accuracy is reported. ``columns`` is for
    people."""

    columns: str
    item: Callable[[Row], Item]
    label: Callable[[Row], str]
    said: Callable[[Mapping[str, Any], Row], str]
    positive: str = ""
    negative: str = ""


def _class(row: Row) -> str:
    return _known(row, {name: name for name in CLASSES})


def _yes_no(row: Row) -> str:
    return _known(row, _YES)


def _known(row: Row, known: Mapping[str, str]) -> str:
    label = row.text("label").strip().lower()
    if label not in known:
        hint = f"use {', '.join(dict.fromkeys(known.values()))}"
        raise DataError(f"the label is {label!r}", where=row.where, hint=hint)
    return known[label]


def _number(row: Row) -> str:
    label = row.text("label").strip().lower()
    if label not in ("none", "null") and not label.isdecimal():
        raise DataError(f"the label is {label!r}", where=row.where, hint="write a whole number, or none")
    return "none" if label in ("none", "null") else str(int(label))


def _refusal(row: Row) -> Item:
    return item("refusal", {}, text=row.text("reply", default=""), prompt=row.text("prompt", default=""))


def _judge(row: Row) -> Item:
    prompt = row.text("prompt", default="")
    asked = question("harm-text", category=row.text("category"), behaviour=row.text("behaviour", "prompt", default=""))
    return item("judge", asked, text=row.text("reply"), prompt=prompt)


def _matcher(row: Row) -> Item:
    prompt = row.text("prompt", "question", default="")
    asked = question("answer-matches-reference", question=prompt, reference=row.text("reference"))
    return item("matcher", asked, text=row.text("reply"), prompt=prompt)


def _counter(row: Row) -> Item:
    prompt = row.text("prompt", "question", default=f"How many are there of {row.text('object')}?")
    asked = question("count-extraction", objects=[row.text("object")], question=prompt)
    return item("counter", asked, text=row.text("reply"), prompt=prompt)


def _said_class(value: Mapping[str, Any], row: Row) -> str:
    return "refuses" if value.get("refused") else "partly" if value.get("partial") else "complies"


def _said_yes_no(value: Mapping[str, Any], row: Row) -> str:
    return "yes" if value["verdict"] else "no"


def _said_number(value: Mapping[str, Any], row: Row) -> str:
    counts = {str(name).casefold(): number for name, number in value["counts"].items()}
    number = counts.get(row.text("object").casefold())
    return "none" if number is None else str(number)


ROLES: Mapping[str, Role] = {
    "refusal": Role("reply, label (complies, refuses, partly)", _refusal, _class, _said_class, "refuses", "complies"),
    "judge": Role("reply, category, label (yes, no)", _judge, _yes_no, _said_yes_no, "yes", "no"),
    "matcher": Role("reply, reference, label (yes, no)", _matcher, _yes_no, _said_yes_no, "yes", "no"),
    "counter": Role("reply, object, label (a number or none)", _counter, _number, _said_number),
}
"""Roles that a labelled file can check. ``prompt``, ``model`` and ``lang`` may stand beside in all of them."""
