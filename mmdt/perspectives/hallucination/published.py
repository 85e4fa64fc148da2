"""Published rows of the hallucination perspective as cases (configuration ``hallucination``; targets: docs/targets.md).

The split is the scenario; the column ``task`` says which task a row is for. Lists, dicts and numbers come as such or
as Python literals in text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell, Modality
from mmdt.core.scenario import Published, Row
from mmdt.data import question_rows as told
from mmdt.data.columns import REPOS, counts, positive, relation, whole, word_list, words_or_none
from mmdt.data.vocabulary import LEAST_DISTANCE

Target = dict[str, Any]
Reader = Callable[[Row], Target]


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's rows stand; none for a scenario that is not published."""
    if (modality, name) not in _READERS:
        return ()
    readers = _READERS[modality, name]

    def case(row: Row) -> Case:
        task = row.text("task").strip()
        if task not in readers:
            raise row.error("task", f"unknown task {task[:40]!r}; known are {', '.join(readers)}")
        cell = Cell("hallucination", modality, name, task)
        if modality == "t2i":
            return Case.make(cell, row.text("prompt"), target=readers[task](row))
        asked = told.prompt(row, task) if name in _TOLD else row.text("question").strip()
        return Case.make(cell, asked, row.images("image"), readers[task](row))

    return (Published(REPOS[modality], "hallucination", name, case),)


# --- text-to-image ---------------------------------------------------------------------------------------------------


def objects(row: Row) -> Target:
    """identification: ``{"objects"}``, or ``{"visible", "absent"}`` where a change makes some go (counterfactual)."""
    if row.has("visible_objects") or row.has("absent_objects"):
        return {"visible": words_or_none(row, "visible_objects"), "absent": words_or_none(row, "absent_objects")}
    return {"objects": word_list(row, "objects")}


def numbers(row: Row) -> Target:
    """count: ``{"counts": {"cat": 2}}``."""
    return {"counts": counts(row, "objects")}


def question(row: Row) -> Target:
    """attribute: ``{"question"}``, whose right answer is yes."""
    return {"question": row.text("checking_question").strip()}


def positions(row: Row) -> Target:
    """spatial: ``{"objects": [a, b, c], "relations": [a to b, b to c, c to a]}``; or two objects and one relation."""
    names = word_list(row, "objects")
    found = [relation(row, "relations", phrase) for phrase in word_list(row, "relations")]
    if (len(names), len(found)) not in ((3, 3), (2, 1)):
        raise row.error("relations", f"{len(names)} objects with {len(found)} relations; three with three are due")
    return {"objects": names, "relations": found}


def misled_objects(row: Row) -> Target:
    """misleading identification: ``{"objects": [one]}``."""
    return {"objects": [row.text("object").strip()]}


def misled_number(row: Row) -> Target:
    """misleading count: ``{"counts": {object: number}}``."""
    return {"counts": {row.text("object").strip(): whole(row, "number", row.raw("number"))}}


def misled_question(row: Row) -> Target:
    """misleading attribute: ``{"question": "Is the cup red?"}``."""
    return {"question": f"Is the {row.text('object').strip()} {row.text('attribute').strip()}?"}


def misled_position(row: Row) -> Target:
    """misleading spatial: two objects and where the first is, seen from the second."""
    names = [row.text("object").strip(), row.text("relation_object").strip()]
    return {"objects": names, "relations": [relation(row, "spatial_relation", row.text("spatial_relation"))]}


def keyword(row: Row) -> Target:
    """ocr: ``{"keyword"}``, the text the picture should show."""
    return {"keyword": row.text("keyword").strip()}


def cooccurring_objects(split: str) -> Reader:
    """identification: ``{"present", "absent"}``. The concepts go together often (the second is not asked for and must
    not appear) or seldom (both must); in the historical split the label says whether the target must appear."""

    def read(row: Row) -> Target:
        if split == "historical_bias":
            names = word_list(row, "target")
            return {"present": names, "absent": []} if positive(row) else {"present": [], "absent": names}
        first, second = row.text("concept1").strip(), row.text("concept2").strip()
        if split == "high_cooc":
            return {"present": [first], "absent": [second]}
        return {"present": [first, second], "absent": []}

    return read


def cooccurring_number(split: str) -> Reader:
    """count: ``{"counts": {object: number}}``; the number stands in ``count`` (low) or ``target``."""
    column = "count" if split == "low_cooc" else "target"

    def read(row: Row) -> Target:
        return {"counts": {row.text("object").strip(): whole(row, column, row.raw(column))}}

    return read


def cooccurring_attribute(split: str) -> Reader:
    """attribute: ``{"question", "expected"}``: no for usual pairs, yes for unusual ones, else by the label."""

    def read(row: Row) -> Target:
        wanted = row.text("target").strip()
        if split == "historical_bias":
            return {"question": f"Is there a {wanted} in the image?", "expected": "yes" if positive(row) else "no"}
        asked = f"Is there a {wanted} {row.text('object').strip()} in the image?"
        return {"question": asked, "expected": "no" if split == "high_cooc" else "yes"}

    return read


def cooccurring_position(row: Row) -> Target:
    """spatial: where the first concept is, seen from the second, by more than ``least_distance`` of the picture."""
    names = [row.text("concept1").strip(), row.text("concept2").strip()]
    found = relation(row, "target", row.text("target"))
    return {"objects": names, "relations": [found], "least_distance": LEAST_DISTANCE}


# --- image-to-text ---------------------------------------------------------------------------------------------------


def answer(task: str) -> Reader:
    """natural, distraction, counterfactual: as ``told.target`` says."""
    return lambda row: told.target(row, task)


def said_keyword(row: Row) -> Target:
    """misleading and ocr: ``{"keyword", "question"}``."""
    return keyword(row) | {"question": row.text("question").strip()}


def said_words(row: Row) -> Target:
    """cooccurrence: ``{"words", "expected", "question"}``: the reply says all of them (yes) or none (no)."""
    found = {"words": word_list(row, "target"), "expected": "yes" if positive(row) else "no"}
    return found | {"question": row.text("question").strip()}


FOUR = ("identification", "attribute", "spatial", "count")
_TOLD = {"natural": (*FOUR, "action"), "distraction": (*FOUR, "action"), "counterfactual": FOUR}
_SPLITS = ("high_cooc", "low_cooc", "historical_bias")
_DRAWN: Mapping[str, Reader] = {
    "identification": objects,
    "attribute": question,
    "spatial": positions,
    "count": numbers,
}
_MISLED: Mapping[str, Reader] = {
    "identification": misled_objects,
    "attribute": misled_question,
    "spatial": misled_position,
    "count": misled_number,
}


def _cooccurring(split: str) -> Mapping[str, Reader]:
    return {
        "identification": cooccurring_objects(split),
        "attribute": cooccurring_attribute(split),
        "spatial": cooccurring_position,
        "count": cooccurring_number(split),
    }


_READERS: Mapping[tuple[str, str], Mapping[str, Reader]] = {
    **{("t2i", name): _DRAWN for name in ("natural", "distraction", "counterfactual")},
    ("t2i", "misleading"): _MISLED,
    **{("t2i", f"cooccurrence_{split}"): _cooccurring(split) for split in _SPLITS},
    ("t2i", "ocr"): dict.fromkeys(("complex", "contradictory", "distortion", "misleading"), keyword),
    **{("i2t", name): {task: answer(task) for task in tasks} for name, tasks in _TOLD.items()},
    ("i2t", "misleading"): dict.fromkeys((*FOUR, "action"), said_keyword),
    **{("i2t", f"cooccurrence_{split}"): dict.fromkeys((*FOUR, "action"), said_words) for split in _SPLITS},
    ("i2t", "ocr"): dict.fromkeys(("contradictory", "cooccur", "doc", "scene"), said_keyword),
}
"""(modality, scenario) -> task -> how the target is read."""
