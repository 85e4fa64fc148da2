"""Pictures with objects that were asked for, by number, colour and place (GenEval, arXiv 2310.11513).

``target.include``: ``{class, count, color?, position?: [relation, index]}``, all of which must hold; ``exclude``:
``{class, count}``, of which fewer must be there. A picture is right as a whole or not at all.

Careful: boxes over the detector's threshold, overlapping ones of a class counted once; the colour by a question to the
``vqa`` role; the place by the axis on which the centres are further apart. Published, as evaluation/evaluate_images.py:
boxes over 0.3 (counting: 0.9, a threshold for Mask2Former's scores), overlaps included; the place by centres after a
tenth of both sizes is taken off, by direction. The paper reads colours with CLIP; both numbers here ask ``vqa``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmdt.benchmarks.declaration import Part
from mmdt.benchmarks.scoring.design import Design
from mmdt.core.boxes import Box, boxes_of, distinct
from mmdt.core.case import Case
from mmdt.core.observation import Observation
from mmdt.core.output import Output
from mmdt.core.problem import Problem
from mmdt.core.scenario import Observations, Probe
from mmdt.core.score import Score
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.shared.outcomes import missing_picture, observed, refusal_outcome
from mmdt.perspectives.shared.probes import REFUSAL_IN_WORDS, about_picture
from mmdt.perspectives.shared.relations import boxes_named, relation_between, relation_word
from mmdt.stats.metrics import mean_of

THRESHOLD, COUNTING_THRESHOLD = 0.3, 0.9
MOST_OBJECTS = 16
OVERLAP = 0.5
POSITION = 0.1
"""The share of both sizes that is taken off the distance of two centres."""
MOST_COLORS = 4
Entry = Mapping[str, Any]
Holds = Callable[[Box, Box, str], bool]


def design(part: Part) -> Design:
    """``right`` and ``right_published`` of a picture."""
    colors = tuple(_color_probe(place) for place in range(MOST_COLORS))
    metrics = (
        mean_of("right", name="accuracy", title="Pictures that are right"),
        mean_of("right_published", name="accuracy_published", title="Pictures that are right, as published"),
    )
    probes = (REFUSAL_IN_WORDS, Probe("boxes", "detector", about_picture(_boxes)), *colors)
    return Design(_score, metrics, ("right", "right_published"), probes, _check)


def _score(case: Case, output: Output, observations: Observations) -> Score:
    refused = refusal_outcome(output, observations)
    if refused:
        return Score({"right": 0.0, "right_published": 0.0}, refused)
    gone = missing_picture(output, observations)
    found = observed(observations, "boxes")
    if gone or isinstance(found, Score):
        return gone or found  # type: ignore[return-value]
    colors = _colors(case, observations)
    if isinstance(colors, Score):
        return colors
    boxes = boxes_of(found)
    least = COUNTING_THRESHOLD if case.cell.task == "counting" else THRESHOLD
    unfiltered = boxes_of(Observation({"boxes": found.value.get("candidates", found.value.get("boxes", ()))}))
    strong = sorted((box for box in unfiltered if box.score > least), key=lambda box: -box.score)
    picture = output.images[0]
    size = picture.width, picture.height
    right = _right(case.target, distinct(boxes, OVERLAP), colors, _beside)
    published = _right(case.target, strong, colors, lambda one, other, wanted: wanted in relations(one, other, size))
    return Score({"right": float(right), "right_published": float(published)}, "right" if right else "wrong")


def _right(target: Entry, boxes: Sequence[Box], colors: Mapping[int, bool], holds: Holds) -> bool:
    groups: list[Sequence[Box] | None] = []
    for place, wanted in enumerate(target.get("include", ())):
        found = boxes_named(boxes, wanted["class"])[:MOST_OBJECTS][: wanted["count"]]
        good = len(found) >= wanted["count"] and colors.get(place, True)
        if good and wanted.get("position"):
            relation, other = wanted["position"]
            others = groups[other] if other < len(groups) else None
            good = others is not None and all(holds(one, each, relation) for one in found for each in others)
        groups.append(found if good else None)
    listed = (
        len(boxes_named(boxes, each["class"])[:MOST_OBJECTS]) < each["count"] for each in target.get("exclude", ())
    )
    return None not in groups and all(listed)


def _beside(one: Box, other: Box, wanted: str) -> bool:
    return relation_between(one, other) == relation_word(wanted)


def relations(one: Box, other: Box, size: tuple[int, int]) -> set[str]:
    """Where ``one`` is, seen from ``other``, by the published rule: some of left of, right of, above, below.

    ``size``: width and height of the picture in pixels.
    """
    offset = [(one.center[axis] - other.center[axis]) * size[axis] for axis in (0, 1)]
    sides = [(_side(one, axis) + _side(other, axis)) * size[axis] for axis in (0, 1)]
    revised = [math.copysign(max(abs(offset[axis]) - POSITION * sides[axis], 0.0), offset[axis]) for axis in (0, 1)]
    if all(abs(each) < 1e-3 for each in revised):
        return set()
    dx, dy = (each / math.hypot(*offset) for each in revised)
    found = (("left of", dx < -0.5), ("right of", dx > 0.5), ("above", dy < -0.5), ("below", dy > 0.5))
    return {name for name, holds in found if holds}


def _side(box: Box, axis: int) -> float:
    return abs(box.corners[axis + 2] - box.corners[axis])


def _boxes(case: Case) -> Mapping[str, Any] | None:
    named = [each["class"] for part in ("include", "exclude") for each in case.target.get(part, ())]
    labels = list(dict.fromkeys(named))
    return {"labels": labels, "box_threshold": THRESHOLD, "text_threshold": THRESHOLD, "area_floor": 0.0}


def _color_probe(place: int) -> Probe:
    """Whether the objects of one entry have its colour."""

    def ask(case: Case) -> Mapping[str, Any] | None:
        entries = case.target.get("include", ())
        if place >= len(entries) or not entries[place].get("color"):
            return None
        wanted = entries[place]
        return question("yes-no-image", question=f"Is the {wanted['class']} {wanted['color']}?")

    return Probe(f"color{place}", "vqa", about_picture(ask))


def _colors(case: Case, observations: Observations) -> dict[int, bool] | Score:
    found: dict[int, bool] = {}
    for place, wanted in enumerate(case.target.get("include", ())):
        if wanted.get("color"):
            seen = observed(observations, f"color{place}")
            if isinstance(seen, Score):
                return seen
            found[place] = bool(seen.value["verdict"])
    return found


def _check(case: Case) -> Problem | None:
    hint = 'include = [{"class": "cat", "count": 2}]'
    include = case.target.get("include")
    if not isinstance(include, list) or not include:
        return Problem("the case includes no objects", hint, "target.include")
    for each in [*include, *case.target.get("exclude", [])]:
        if (
            not isinstance(each, dict)
            or not isinstance(each.get("class"), str)
            or not isinstance(each.get("count"), int)
        ):
            return Problem(f"{each!r} is no object with class and count"[:120], hint, "target.include")
    if sum(bool(each.get("color")) for each in include) and len(include) > MOST_COLORS:
        return Problem(f"more than {MOST_COLORS} objects with colours", hint, "target.include")
    return None
