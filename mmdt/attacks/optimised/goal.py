"""Goal of an attack on a picture: from its parameters, else from the target of the case."""

from __future__ import annotations

from mmdt.attacks.facts import needed
from mmdt.core.attack import Attempt
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal

PHRASE = "a photo of {}"


def goal_of(attempt: Attempt, attack: str, label: str, wanted: Image | None) -> Goal:
    """Towards the picture ``wanted``, else towards the label (the target's, unless it is given) and away from the
    target's ``origin``. Labels of one or two words become "a photo of ...". Raises UsageError without a label."""
    if wanted is not None:
        return Goal(picture=wanted)
    origin = attempt.target.get("origin")
    away = _described(origin) if isinstance(origin, str) and origin.strip() else ""
    return Goal(text=_described(needed(attempt, "label", label, attack)), away=away)


def _described(label: str) -> str:
    return PHRASE.format(label) if len(label.split()) <= 2 else label
