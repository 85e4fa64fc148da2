"""Published numbers of adversarial robustness for any case (the rules: ``published_rules``)."""

from __future__ import annotations

from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations
from mmdt.perspectives.adversarial.published_rules import RULES
from mmdt.perspectives.adversarial.scores import answers_about
from mmdt.perspectives.shared.published_components import kept_row, said, seen_boxes, seen_picture, seen_reply
from mmdt.perspectives.shared.published_rule import Numbers, Row
from mmdt.perspectives.shared.relations import relation_word

COLUMNS = (
    *("origin_word", "origin_object", "origin_attribute", "origin_relation"),
    *("label", "object", "object_a", "object_b"),
)
"""The columns that the rules read."""
PHRASES = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}
"""A relation of a target -> the authors' phrase for it."""

_NOT_ASKED = {"origin": "success", "label": "robust"}
"""What a request says nothing about."""


def numbers(case: Case, output: Output, observations: Observations) -> Numbers | None:
    """The published numbers of one output; clean cases are scored by the same rules."""
    rule = RULES.get(f"adversarial/{case.cell.modality}/attack/{case.cell.task}")
    if rule is None:
        return None
    if case.cell.flow.output == "image":
        return rule(_row(case), seen_picture(output, observations) or _seen(case.cell.task, observations))
    found = rule(_row(case), _replies(case, output))
    absent = _NOT_ASKED.get(case.target.get("asked", ""))
    return {name: value for name, value in found.items() if name != absent}


def _seen(task: str, observations: Observations) -> dict[str, Any]:
    if task == "attribute":
        return {"vqa_origin": said(observations, "origin"), "vqa_target": said(observations, "label")}
    return seen_boxes(observations)


def _replies(case: Case, output: Output) -> dict[str, Any]:
    """The reply to one of the two questions about an attribute; one reply may also answer both."""
    seen = seen_reply(output)
    if case.cell.task != "attribute" or "reply" not in seen:
        return seen
    if case.target.get("asked"):
        return {"reply_origin": output.text, "reply_target": output.text}
    origin, label = answers_about(case, output.text)
    return {"reply_origin": "Yes" if origin else "No", "reply_target": "Yes" if label else "No"}


def _row(case: Case) -> Row:
    kept = kept_row(case)
    if kept is not None:
        return kept
    target = case.target
    if case.cell.flow.output == "text":
        origin = {"object": "origin_object", "attribute": "origin_attribute", "spatial": "origin_relation"}
        return {origin[case.cell.task]: target["origin"], "label": target["label"]}
    if case.cell.task != "spatial":
        return {"origin_word": target["origin"], "label": target["label"]}
    first, second = target["objects"]
    relations = {"origin_word": target["origin"], "label": target["label"]}
    words = {name: relation_word(phrase) for name, phrase in relations.items()}
    return {"object_a": first, "object_b": second} | {
        name: PHRASES[word] if word else relations[name] for name, word in words.items()
    }
