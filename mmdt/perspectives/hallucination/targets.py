"""Targets of hallucination: which types a case's target may have, by scenario and task. Scores use the same table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mmdt.core.case import Case
from mmdt.perspectives.shared.counting import CountTarget
from mmdt.perspectives.shared.objects import ObjectsTarget, PresentTarget, VisibleTarget
from mmdt.perspectives.shared.positions import PositionsTarget
from mmdt.perspectives.shared.questions import AnswerTarget, QuestionTarget
from mmdt.perspectives.shared.target_type import TargetTypes, target_problem, with_picture
from mmdt.perspectives.shared.words import KeywordTarget, WordsTarget

TypesByTask = Mapping[str, TargetTypes]


def _same(tasks: Iterable[str], types: TargetTypes) -> TypesByTask:
    return dict.fromkeys(tasks, types)


_PICTURES: TypesByTask = {
    "identification": {"visible": VisibleTarget, "objects": ObjectsTarget},
    "attribute": {"question": QuestionTarget},
    "spatial": {"relations": PositionsTarget},
    "count": {"counts": CountTarget},
}
_COOCCURRENCE_PICTURES: TypesByTask = {**_PICTURES, "identification": {"present": PresentTarget}}
_TEXT_PICTURES: TypesByTask = _same(
    ("complex", "contradictory", "distortion", "misleading"), {"keyword": KeywordTarget}
)
_REPLIES: TypesByTask = {
    **_same(("identification", "attribute", "spatial", "action"), {"answer": AnswerTarget}),
    "count": {"counts": CountTarget},
}
_MISLEADING_REPLIES: TypesByTask = _same(_REPLIES, {"keyword": KeywordTarget})
_COOCCURRENCE_REPLIES: TypesByTask = _same(_REPLIES, {"words": WordsTarget})
_TEXT_REPLIES: TypesByTask = _same(("contradictory", "cooccur", "doc", "scene"), {"keyword": KeywordTarget})

_T2I: Mapping[str, TypesByTask] = {"ocr": _TEXT_PICTURES}
_I2T: Mapping[str, TypesByTask] = {"misleading": _MISLEADING_REPLIES, "ocr": _TEXT_REPLIES}


def target_types(case: Case) -> TargetTypes:
    """The types that the target of a case may have; none where the task is unknown."""
    name, is_picture = case.cell.scenario, case.cell.flow.output == "image"
    if name.startswith("cooccurrence"):
        table = _COOCCURRENCE_PICTURES if is_picture else _COOCCURRENCE_REPLIES
    else:
        table = _T2I.get(name, _PICTURES) if is_picture else _I2T.get(name, _REPLIES)
    return table.get(case.cell.task, {})


check = with_picture(lambda case: target_problem(case.target, target_types(case)))
