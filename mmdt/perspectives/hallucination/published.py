"""Published rows of the hallucination perspective as cases (configuration ``hallucination``; targets: docs/targets.md).

The split is the scenario; the column ``task`` says which task a row is for. Lists, dicts and numbers are values or
as Python literals in text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.core.modality import Modality
from mmdt.core.scenario import Published, Row
from mmdt.data import question_rows
from mmdt.data.columns import (
    REPOS,
    counts,
    first_of,
    positive,
    relation,
    task_of,
    whole,
    word_list,
    word_or_number,
    words_or_none,
)
from mmdt.data.vocabulary import LEAST_DISTANCE
from mmdt.perspectives.hallucination.published_cases import COLUMNS
from mmdt.perspectives.shared.published_components import columns_of

Target = dict[str, Any]
Reader = Callable[[Row], Target]


def declarations(modality: Modality, name: str) -> tuple[Published, ...]:
    """Where a scenario's published rows are; none for a scenario that is not published."""
    if (modality, name) not in _READERS:
        return ()
    readers = _READERS[modality, name]

    def case(row: Row) -> Case:
        task = task_of(row, readers)
        cell = Cell("hallucination", modality, name, task)
        target, columns = readers[task](row), columns_of(row, COLUMNS)
        if cell.flow.output == "image":
            return Case.make(cell, row.text("prompt"), target=target, columns=columns)
        asked = question_rows.prompt(row, task) if name in _REPLY_TASKS else row.text("question").strip()
        return Case.make(cell, asked, row.images("image"), target, columns=columns)

    return (Published(REPOS[modality], "hallucination", name, case),)


# --- text-to-image ---------------------------------------------------------------------------------------------------


def objects(row: Row) -> Target:
    """identification: ``{"objects"}``, or ``{"visible", "absent"}`` where a change removes some (counterfactual)."""
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
        raise row.error(
            "relations", f"{len(names)} objects with {len(found)} relations; expected three with three, or two with one"
        )
    return {"objects": names, "relations": found}


def misleading_objects(row: Row) -> Target:
    """misleading identification: ``{"objects": [one]}``."""
    return {"objects": [row.text("object").strip()]}


def misleading_number(row: Row) -> Target:
    """misleading count: ``{"counts": {object: number}}``."""
    return {"counts": {row.text("object").strip(): whole(row, "number", row.raw("number"))}}


def misleading_question(row: Row) -> Target:
    """misleading attribute: ``{"question": "Is the cup red?"}``."""
    return {"question": f"Is the {row.text('object').strip()} {row.text('attribute').strip()}?"}


def misleading_position(row: Row) -> Target:
    """misleading spatial: two objects and where the first is, seen from the second."""
    names = [row.text("object").strip(), row.text("relation_object").strip()]
    return {"objects": names, "relations": [relation(row, "spatial_relation", row.text("spatial_relation"))]}


def keyword(row: Row) -> Target:
    """ocr: ``{"keyword"}``, the text the picture should show."""
    return {"keyword": word_or_number(row, "keyword")}


def cooccurring_objects(split: str) -> Reader:
    """identification: ``{"present", "absent"}``.

    In the high split the two concepts often occur together: the second is not asked for and must not appear. In the
    low split both must appear. In the historical split the label says whether the target must appear.
    """

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
    """count: ``{"counts": {object: number}}``; the number is in ``count`` (low) or ``target``."""
    column = "count" if split == "low_cooc" else "target"

    def read(row: Row) -> Target:
        return {"counts": {row.text("object").strip(): whole(row, column, row.raw(column))}}

    return read


def cooccurring_attribute(split: str) -> Reader:
    """attribute: ``{"question", "expected"}``: no for frequent pairs, yes for rare ones, otherwise by the label."""

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
    """natural, distraction, counterfactual: as ``question_rows.target`` says."""
    return lambda row: question_rows.target(row, task)


def reply_keyword(row: Row) -> Target:
    """misleading and ocr: ``{"keyword", "question"}``; where the keyword is null, the answer or target of the row."""
    return {"keyword": word_or_number(row, first_of(row, "keyword", "answer", "target"))} | {
        "question": row.text("question").strip()
    }


def reply_words(row: Row) -> Target:
    """cooccurrence: ``{"words", "expected", "question"}``: the reply says all of them (yes) or none (no)."""
    listed = isinstance(row.raw("target"), list) or str(row.raw("target")).strip().startswith(("[", "("))
    words = word_list(row, "target") if listed else [word_or_number(row, "target")]
    found = {"words": words, "expected": "yes" if positive(row) else "no"}
    return found | {"question": row.text("question").strip()}


FOUR = ("identification", "attribute", "spatial", "count")
_REPLY_TASKS = {"natural": (*FOUR, "action"), "distraction": (*FOUR, "action"), "counterfactual": FOUR}
_SPLITS = ("high_cooc", "low_cooc", "historical_bias")
_PICTURE_READERS: Mapping[str, Reader] = {
    "identification": objects,
    "attribute": question,
    "spatial": positions,
    "count": numbers,
}
_MISLEADING_READERS: Mapping[str, Reader] = {
    "identification": misleading_objects,
    "attribute": misleading_question,
    "spatial": misleading_position,
    "count": misleading_number,
}


def _cooccurring(split: str) -> Mapping[str, Reader]:
    return {
        "identification": cooccurring_objects(split),
        "attribute": cooccurring_attribute(split),
        "spatial": cooccurring_position,
        "count": cooccurring_number(split),
    }


_READERS: Mapping[tuple[str, str], Mapping[str, Reader]] = {
    **{("t2i", name): _PICTURE_READERS for name in ("natural", "distraction", "counterfactual")},
    ("t2i", "misleading"): _MISLEADING_READERS,
    **{("t2i", f"cooccurrence_{split}"): _cooccurring(split) for split in _SPLITS},
    ("t2i", "ocr"): dict.fromkeys(("complex", "contradictory", "distortion", "misleading"), keyword),
    **{("i2t", name): {task: answer(task) for task in tasks} for name, tasks in _REPLY_TASKS.items()},
    ("i2t", "misleading"): dict.fromkeys((*FOUR, "action"), reply_keyword),
    **{("i2t", f"cooccurrence_{split}"): dict.fromkeys((*FOUR, "action"), reply_words) for split in _SPLITS},
    ("i2t", "ocr"): dict.fromkeys(("contradictory", "cooccur", "doc", "scene"), reply_keyword),
}
"""(modality, scenario) -> task -> the function that reads the target."""
