"""Targets of hallucination: which shapes a case may have, by scenario and task. Scores go by the same table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mmdt.core.case import Case
from mmdt.perspectives.targets.seen import Answered, Asked, Changed, Counted, Keyword, Objects, Placed, Together, Words
from mmdt.perspectives.targets.shape import Kinds, flaw_of, of_picture

ByTask = Mapping[str, Kinds]


def _each(tasks: Iterable[str], kinds: Kinds) -> ByTask:
    return dict.fromkeys(tasks, kinds)


_DRAWN: ByTask = {
    "identification": {"visible": Changed, "objects": Objects},
    "attribute": {"question": Asked},
    "spatial": {"relations": Placed},
    "count": {"counts": Counted},
}
_COOCCURRING: ByTask = {**_DRAWN, "identification": {"present": Together}}
_WRITTEN: ByTask = _each(("complex", "contradictory", "distortion", "misleading"), {"keyword": Keyword})
_TOLD: ByTask = {
    **_each(("identification", "attribute", "spatial", "action"), {"answer": Answered}),
    "count": {"counts": Counted},
}
_MISLED: ByTask = _each(_TOLD, {"keyword": Keyword})
_SAID: ByTask = _each(_TOLD, {"words": Words})
_READ: ByTask = _each(("contradictory", "cooccur", "doc", "scene"), {"keyword": Keyword})

_T2I: Mapping[str, ByTask] = {"ocr": _WRITTEN}
_I2T: Mapping[str, ByTask] = {"misleading": _MISLED, "ocr": _READ}


def kinds(case: Case) -> Kinds:
    """The shapes that the target of a case may have; none where the task is unknown."""
    name, drawn = case.cell.scenario, case.cell.modality == "t2i"
    if name.startswith("cooccurrence"):
        table = _COOCCURRING if drawn else _SAID
    else:
        table = _T2I.get(name, _DRAWN) if drawn else _I2T.get(name, _TOLD)
    return table.get(case.cell.task, {})


check = of_picture(lambda case: flaw_of(case.target, kinds(case)))
