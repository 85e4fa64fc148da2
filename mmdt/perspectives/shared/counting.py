"""Counting: how many of each object a picture shows, or a reply says there are.

Definitions: MMDT (arXiv 2503.14827), hallucination.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from mmdt.core.boxes import Box
from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Probe
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.shared.relations import boxes_named
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.target_type import Numbers, TargetType
from mmdt.reading.mentions import words


class CountTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"counts": {"cat": 2}}'
    counts: Numbers


def _count_question(case: Case, _: Output) -> Mapping[str, Any] | None:
    wanted = case.target.get("counts")
    return question("count-extraction", objects=list(wanted), question=case.prompt) if wanted else None


COUNTS = Probe("counts", "counter", _count_question)
"""How many of each object does the reply say there are?"""


def counts_in_picture(wanted: Mapping[str, int], boxes: Sequence[Box]) -> Share:
    """Share of the objects with exactly the wanted number of boxes."""
    return Share.of([len(boxes_named(boxes, name)) == number for name, number in wanted.items()])


def counts_in_reply(found: Mapping[str, Any], wanted: Mapping[str, int]) -> Share | None:
    """Share of the objects whose number the reply gets right; an object that it gives no number is wrong.

    ``found``: the value of a counter. None where the counter could not tell the number of some object.
    """
    said = {tuple(words(name)): number for name, number in found["counts"].items()}
    unclear = {tuple(words(name)) for name in found.get("unclear", ())}
    keys = {name: tuple(words(name)) for name in wanted}
    if any(key in unclear or key not in said for key in keys.values()):
        return None
    return Share.of([said[keys[name]] == number for name, number in wanted.items()])
