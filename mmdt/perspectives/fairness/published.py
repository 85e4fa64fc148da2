"""Published rows of the fairness perspective as cases (configuration ``fairness``).

Targets: stereotype and decision_making ``{"domain", "attributes"}``; overkill ``{"gender", "race"}`` of history
(``mixed`` and ``diverse`` where there are several); t2i individual ``{"domain", "attribute", "variant", "prompt"}``,
whose variants of one prompt share a ``group``; i2t individual ``{"answer", "name", "gender", "race", "age"}``. The
image-to-text stereotype, decision_making and overkill parts are empty in the published data.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.modality import Modality
from mmdt.core.scenario import Published, Row
from mmdt.data.columns import I2T, T2I, first_of, word_list, word_or_number
from mmdt.data.people import classes_named
from mmdt.perspectives.fairness.published_cases import HISTORY_COLUMNS
from mmdt.perspectives.shared.published_components import columns_of

Target = dict[str, Any]

OVERKILL_TASK = "history"
PEOPLE_TASK = "people"
STEREOTYPES = {
    "occupation": ("occupation", "job", "profession"),
    "education": ("educat", "student", "school"),
    "activity": ("activit", "good at", "doing well in", "mastering"),
}
"""Domain -> parts of words that its name, or the prompt, contains."""
DECISIONS = {
    "hiring": ("hir", "employ", "job", "recruit"),
    "finance": ("financ", "loan", "credit", "bank"),
    "education": ("educat", "admission", "school", "college", "universit"),
}
ATTRIBUTES = {"occupation": ["gender", "race", "age"], "education": ["gender", "race"], "activity": ["gender"]}
"""The attributes to read in each domain, where the row does not say."""
VARIANTS = {
    **dict.fromkeys(("male", "man", "boy"), ("gender", "favoured")),
    **dict.fromkeys(("female", "woman", "girl"), ("gender", "nonfavoured")),
    "white": ("race", "favoured"),
    "black": ("race", "nonfavoured"),
    "young": ("age", "favoured"),
    **dict.fromkeys(("old", "elderly"), ("age", "nonfavoured")),
}
"""Words that make a prompt a variant (favoured: male, white, young)."""
GENDERS = ("male", "female")
RACES = ("white", "black", "asian", "indian")
AGES = ("young", "old")
OTHER_RACES = (
    "hispanic",
    "latino",
    "latina",
    "middle eastern",
    "arab",
    "native american",
    "pacific islander",
    "mixed race",
)
_ATTRIBUTE = {GENDERS: "gender", RACES: "race", AGES: "age"}
_FRAME = {"a", "an", "the", "person", "working", "studying", "studyingg", "as"}


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's published rows are; none for a scenario that is not published."""
    found = {
        ("t2i", "stereotype"): Published(T2I, "fairness", "stereotype|social_stereotype", stereotype),
        ("t2i", "decision_making"): Published(T2I, "fairness", "decision_making|decision", decision),
        ("t2i", "overkill"): Published(T2I, "fairness", "overkill", overkill),
        ("t2i", "individual"): Published(T2I, "fairness", "individual", individual),
        ("i2t", "individual"): Published(I2T, "fairness", "individual", who_is_it),
    }.get((modality, name))
    return (found,) if found is not None else ()


def stereotype(row: Row) -> list[Case]:
    """Prompts about people in an occupation, an education or an activity."""
    domain = _domain(row, STEREOTYPES)
    target = {"domain": domain, "attributes": _attributes(row, domain)}
    return _cases("stereotype", domain, row, lambda _: target)


def decision(row: Row) -> list[Case]:
    """Prompts about people in whose favour something is decided: hired, given a loan, admitted.

    All attributes are read from every picture, whatever the row says: the score is over all faces of a domain.
    """
    domain = _domain(row, DECISIONS)
    target = {"domain": domain, "attributes": ["gender", "race", "age"]}
    return _cases("decision_making", domain, row, lambda _: target)


def overkill(row: Row) -> list[Case]:
    """Prompts about history whose people are known: gender (or ``mixed``) and race (or ``diverse``).

    A race that is none of the four that faces are read as (Hispanic) cannot be judged: it is open, as ``diverse`` is.
    """
    column = first_of(row, "race2", "race")
    other = any(race in _said(row, column) for race in OTHER_RACES) and not classes_named("race", _said(row, column))
    race = "diverse" if other else _one_of(row, column, "diverse", RACES)
    target = {"gender": _one_of(row, "gender", "mixed", GENDERS), "race": race}
    return _cases("overkill", OVERKILL_TASK, row, lambda _: target, columns=columns_of(row, HISTORY_COLUMNS))


def individual(row: Row) -> list[Case]:
    """Neutral, favoured and non-favoured variants of a prompt, distinguished by their words."""
    said = first_of(row, "domain", "system_type")
    domain = _domain(row, STEREOTYPES) if row.has(said) else _matching(_prompts(row)[0], STEREOTYPES) or "occupation"

    def target(prompt: str) -> Target:
        attribute, variant = _variant(prompt)
        return {"domain": domain, "attribute": attribute, "variant": variant, "prompt": prompt}

    return _cases("individual", domain, row, target, _without_variant)


def who_is_it(row: Row) -> Case:
    """A question with lettered options about a well-known person, and how that person presents."""
    asked = row.text(first_of(row, "question", "q"))
    target = {"answer": row.text("answer").strip(), "name": row.text("name").strip()}
    target |= {"gender": _one_of(row, "gender", "", GENDERS), "race": _race(row)}
    target |= {"age": _one_of(row, "age", "", AGES)}
    return Case.make(Cell("fairness", "i2t", "individual", PEOPLE_TASK), asked, row.images("image"), target)


def _one_of(row: Row, column: str, several: str, known: tuple[str, ...]) -> str:
    """One of the ``known`` classes of a face, or ``several`` where history has more than one.

    Anything else could never be right and would count against every model, so it is an error.
    """
    said = _said(row, column)
    if several and (several in said or len(classes_named(_ATTRIBUTE[known], said)) > 1):
        return several
    named = classes_named(_ATTRIBUTE[known], said)
    if len(named) != 1:
        allowed = ", ".join([*known, several] if several else known)
        raise row.error(column, f"{said[:40]!r} is not one of {allowed}")
    return named[0]


def _said(row: Row, column: str) -> str:
    """The words of a column: text, a list of words, or an age in years."""
    value = row.raw(column)
    if column == "age" and isinstance(value, int | float):
        return word_or_number(row, column)
    return " ".join(word_list(row, column) if isinstance(value, list) else [row.text(column)]).strip("[]'\" ").lower()


def _race(row: Row) -> str:
    """The class of the race, or the row's own word for one that is none of the four (Hispanic, Middle Eastern)."""
    said = _said(row, "race")
    named = classes_named("race", said)
    if "white" in named:
        return "white"
    return named[0] if len(named) == 1 else said


def _cases(
    name: str,
    task: str,
    row: Row,
    target: Callable[[str], Target],
    group: Callable[[str], str] = lambda prompt: "",
    columns: Mapping[str, Any] | None = None,
) -> list[Case]:
    cell = Cell("fairness", "t2i", name, task)
    return [
        Case.make(cell, prompt, target=target(prompt), group=group(prompt), columns=columns) for prompt in _prompts(row)
    ]


def _prompts(row: Row) -> list[str]:
    """A row holds one prompt or a list of them."""
    return word_list(row, "prompt")


def _domain(row: Row, known: Mapping[str, tuple[str, ...]]) -> str:
    column = first_of(row, "domain", "system_type", "task")
    found = _matching(row.text(column), known)
    if found is None:
        raise row.error(column, f"{row.text(column)[:40]!r} is not one of {', '.join(known)}")
    return found


def _matching(text: str, known: Mapping[str, tuple[str, ...]]) -> str | None:
    return next((name for name, marks in known.items() if any(mark in text.lower() for mark in marks)), None)


def _attributes(row: Row, domain: str) -> list[str]:
    column = first_of(row, "sensitive_attr", "sensitive_attributes", "demographic attribute")
    if not row.has(column):
        return ATTRIBUTES[domain]
    said = " ".join(word_list(row, column)).lower().replace("sex", "gender")
    found = [name for name in ("gender", "race", "age") if re.search(rf"\b{name}\b", said)]
    if not found:
        raise row.error(column, f"{said[:40]!r} does not name gender, race or age")
    return found


def _words(prompt: str) -> list[str]:
    return re.findall(r"[\w.'-]+", prompt.lower())


def _variant(prompt: str) -> tuple[str, str]:
    return next((VARIANTS[word] for word in _words(prompt) if word in VARIANTS), ("", "neutral"))


def _without_variant(prompt: str) -> str:
    """The words that all variants of a prompt have in common."""
    return " ".join(word for word in _words(prompt) if word not in VARIANTS and word not in _FRAME)
