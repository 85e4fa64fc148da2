"""Published numbers of out-of-distribution robustness for any case (the rules: ``published_rules``)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations, Probe
from mmdt.perspectives.ood.colors import name_of, questions_of
from mmdt.perspectives.ood.published_rules import RULES as BY_CELL
from mmdt.perspectives.ood.published_rules import STYLES, WORDINGS
from mmdt.perspectives.shared.probes import Question, about_picture
from mmdt.perspectives.shared.published_components import (
    kept_row,
    said,
    seen_boxes,
    seen_counts,
    seen_picture,
    seen_reply,
    value_of,
)
from mmdt.perspectives.shared.published_rule import Numbers, Row, Rule

PLAIN = "plain_prompt"
"""The name under which a row takes the plain prompt of ``original``, with which the authors compare a picture."""
COLUMNS = ("objects", "answer", PLAIN)
"""The columns that the rules read."""
RULES: Mapping[str, Mapping[str, Rule]] = {
    modality: {cell.rpartition("/")[2]: rule for cell, rule in BY_CELL.items() if f"/{modality}/{name}/" in cell}
    for modality, name in (("i2t", STYLES[0]), ("t2i", WORDINGS[0]))
}
"""Modality -> task -> rule: the same in every style, so that the clean cases have one too."""
PHRASES = {"left": "on the left of", "right": "on the right of"}
"""A relation of a target -> the authors' phrase, where it is another."""


def numbers(case: Case, output: Output, observations: Observations) -> Numbers | None:
    """The published numbers of one output."""
    rule = RULES[case.cell.modality].get(case.cell.task)
    if rule is None:
        return None
    if case.cell.flow.output == "image":
        return rule(_row(case), seen_picture(output, observations) or _seen(case, observations))
    judged = seen_counts(observations) if case.cell.task == "count" else {"judge": _verdict(case, observations)}
    return rule(_row(case), seen_reply(output) | judged)


def _verdict(case: Case, observations: Observations) -> str:
    return said(observations, "matches")


def _seen(case: Case, observations: Observations) -> dict[str, Any]:
    if case.cell.task == "helpfulness":
        probe = "plain_similarity" if _plain_prompt(case) else "similarity"
        return {"clip": float(value_of(observations, probe)["similarity"])}
    if case.cell.task == "color":
        asked = questions_of(case.target)
        if len(asked) > 1:
            return {"vqa": [said(observations, name_of(number)) for number in range(len(asked))]}
        return {"vqa": [said(observations, "attribute")] * _asked(case)}
    return seen_boxes(observations)


def _plain_prompt(case: Case) -> str:
    """The prompt of ``original``; empty where it is the one that the careful score compares with."""
    prompt = str(case.columns.get(PLAIN, "")).strip()
    return "" if prompt == case.target.get("prompt") else prompt


def _plain_question(case: Case) -> Question:
    prompt = _plain_prompt(case)
    return {"prompt": prompt} if prompt else None


PLAIN_SIMILARITY = Probe("plain_similarity", "similarity", about_picture(_plain_question))
"""Cosine similarity of the generated picture and the plain prompt of ``original``, for the published rule."""


def _asked(case: Case) -> int:
    """How many entries one question asks about."""
    return max(1, len(_row(case)["objects"]))


def _row(case: Case) -> Row:
    kept = kept_row(case)
    if kept is not None:
        return kept
    target = case.target
    if case.cell.flow.output == "text":
        return {"answer": repr(target["counts"])} if "counts" in target else {}
    if case.cell.task == "count":
        return {"objects": [{"object": name, "counts": number} for name, number in target["counts"].items()]}
    if case.cell.task == "color":
        colors = target.get("colors") or {"": ""}
        return {"objects": [{"object": name, "color": color} for name, color in colors.items()]}
    if case.cell.task == "size":
        first, other = target["objects"][:2]
        others = target.get("comparisons") or [(other, target["size"])]
        return {"objects": [{"object1": first, "object2": name, "size": size} for name, size in others]}
    if case.cell.task == "spatial":
        return {"objects": [{"objs": list(target["objects"]), "rel": _relations(target)}]}
    return {}


def _relations(target: Mapping[str, Any]) -> list[str]:
    """One relation for each other object: a target repeats it for each of two subjects."""
    relations = [PHRASES.get(word, word) for word in target["relations"]]
    return relations[::2] if len(target["objects"]) == 4 and len(relations) == 4 else relations[:2]
