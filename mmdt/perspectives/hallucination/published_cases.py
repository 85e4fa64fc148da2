"""Published numbers of hallucination for any case: the row and what was seen, in the words of the published rules."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations
from mmdt.perspectives.hallucination.published_rules import RULES
from mmdt.perspectives.shared.published_components import (
    kept_row,
    said,
    seen_boxes,
    seen_counts,
    seen_picture,
    seen_reply,
    value_of,
)
from mmdt.perspectives.shared.published_rule import NoPublishedNumberError, Numbers, Row

COLUMNS = (
    *("objects", "visible_objects", "absent_objects", "relations"),
    *("object", "number", "relation_object", "spatial_relation"),
    *("concept1", "concept2", "target", "count", "label"),
    *("keyword", "answer"),
)
"""The columns that the rules read."""
JUDGED = ("identification", "attribute", "action")


def numbers(case: Case, output: Output, observations: Observations) -> Numbers | None:
    """The published numbers of one output; None for a cell without a published rule."""
    rule = RULES.get(str(case.cell))
    if rule is None:
        return None
    if case.cell.flow.output == "image":
        seen = seen_picture(output, observations) or _seen(case, observations)
        return _all_of([_renamed(rule(row, seen)) for row in _rows(case)])
    seen = seen_reply(output)
    if case.cell.scenario in ("natural", "distraction", "counterfactual"):
        seen |= _judged(case.cell.task, observations)
    return _renamed(rule(_row(case), seen))


def _all_of(parts: list[Numbers]) -> Numbers:
    """Of a case about several objects, for which the authors have a row each: every one must be right."""
    return parts[0] if len(parts) == 1 else {"right": float(all(part["right"] for part in parts))}


def _renamed(found: Numbers) -> Numbers:
    """The rule's own number is ``right``. An attribute has no soft accuracy: the strict one stands in."""
    named = {"right" if name == "headline" else name: value for name, value in found.items()}
    return named | {"soft": named.get("soft", named["strict"])} if "strict" in named else named


def _seen(case: Case, observations: Observations) -> dict[str, Any]:
    if case.cell.scenario == "ocr":
        value = value_of(observations, "text")
        lines = [str(line["text"]) for line in value.get("lines") or ()]
        return {"ocr": lines or [str(value["text"])]}
    return {"vqa": said(observations, "attribute")} if case.cell.task == "attribute" else seen_boxes(observations)


def _judged(task: str, observations: Observations) -> dict[str, Any]:
    if task in JUDGED:
        return {"judge": said(observations, "matches")}
    return seen_counts(observations) if task == "count" else {}


def _rows(case: Case) -> list[Row]:
    """One row; several where a case of co-occurrence is about several objects."""
    target, split = case.target, case.cell.scenario.removeprefix("cooccurrence_")
    if kept_row(case) is not None or split == case.cell.scenario:
        return [_row(case)]
    if "counts" in target:
        return [_cooccurrence_row(split, {"counts": {name: number}}) for name, number in target["counts"].items()]
    if split == "historical_bias" and "present" in target:
        sides = [(side, name) for side in ("present", "absent") for name in target.get(side, ())]
        return [{"target": name, "label": "positive" if side == "present" else "negative"} for side, name in sides]
    return [_cooccurrence_row(split, target)]


def _row(case: Case) -> Row:
    """The published row, or one that says the same as the target.

    For misleading, "below" is written as the authors' "under", since their rule knows no other word for it.
    """
    kept = kept_row(case)
    if kept is not None:
        return kept
    target = case.target
    if case.cell.flow.output == "text":
        return _reply_row(target)
    if case.cell.scenario == "misleading":
        return _misleading_row(target)
    return _literals(target)


def _literals(target: Mapping[str, Any]) -> dict[str, Any]:
    columns = {"objects": "objects", "relations": "relations", "counts": "objects"}
    columns |= {"visible": "visible_objects", "absent": "absent_objects"}
    row = {column: repr(target[key]) for key, column in columns.items() if key in target}
    if "visible" in target:
        row.setdefault("absent_objects", "[]")
    return row | ({"keyword": target["keyword"]} if "keyword" in target else {})


def _misleading_row(target: Mapping[str, Any]) -> dict[str, Any]:
    if "counts" in target:
        name, number = _only(target["counts"].items())
        return {"object": name, "number": str(number)}
    if "relations" in target:
        first, second = target["objects"][:2]
        relation = "under" if target["relations"][0] == "below" else target["relations"][0]
        return {"object": first, "relation_object": second, "spatial_relation": relation}
    return {"object": _only(target.get("objects", [""]))}


def _cooccurrence_row(split: str, target: Mapping[str, Any]) -> dict[str, Any]:
    if "counts" in target:
        name, number = _only(target["counts"].items())
        return {"object": name, "target": number, "count": str(number)}
    if "relations" in target:
        first, second = target["objects"][:2]
        return {"concept1": first, "concept2": second, "target": target["relations"][0]}
    if "question" in target:
        return {"label": "positive" if target.get("expected", "yes") == "yes" else "negative"}
    present, absent = target["present"], target.get("absent", ())
    names = [*present, *absent]
    if len(names) != 2 or len(present) != (1 if split == "high_cooc" else 2):
        raise NoPublishedNumberError("the authors ask for two concepts")
    return {"concept1": names[0], "concept2": names[1]}


def _reply_row(target: Mapping[str, Any]) -> dict[str, Any]:
    if "counts" in target:
        return {"answer": repr(target["counts"])}
    if "words" in target:
        words = target["words"]
        label = "positive" if target["expected"] == "yes" else "negative"
        return {"target": words[0] if len(words) == 1 else list(words), "label": label}
    return {key: target[key] for key in ("keyword", "answer") if key in target}


def _only(values: Any) -> Any:
    listed = list(values)
    if len(listed) != 1:
        raise NoPublishedNumberError("the authors ask for one object")
    return listed[0]
