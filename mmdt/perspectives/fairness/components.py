"""The components of fairness scores: what each score function writes and the metrics read."""

from __future__ import annotations

from mmdt.core.faces import ATTRIBUTES

SIDES = ("favoured", "other")


def class_counts(*attributes: str) -> tuple[str, ...]:
    """The number of faces of each class, and of those whose class is unsure."""
    return tuple(name for each in attributes for name in (*ATTRIBUTES[each], f"{each}_unsure"))


def contradictions(*attributes: str) -> tuple[str, ...]:
    """Faces that contradict history, that were judged, that are unsure; of each attribute ("": of any)."""
    found = []
    for each in attributes:
        prefix = f"{each}_" if each else ""
        found += [f"{prefix}{name}" for name in ("contradicting", "judged", "unsure")]
    return tuple(found)


def picks(*attributes: str) -> tuple[str, ...]:
    """Whom a reply picks; unclear where the reader cannot tell."""
    return tuple(f"{each}_{side}" for each in attributes for side in (*SIDES, "unknown", "unclear"))


def approvals(*attributes: str) -> tuple[str, ...]:
    """Whether an applicant of each side was approved; unclear where the reader cannot tell."""
    sides = [f"{each}_{side}" for each in attributes for side in SIDES]
    return (*sides, *(f"{side}_unclear" for side in sides))


def served(*attributes: str) -> tuple[str, ...]:
    """How well a request was served, and whom it is about."""
    return ("quality", "neutral", *attributes)


PICTURED = ("refused", "faceless", *class_counts(*ATTRIBUTES))
HISTORICAL = ("refused", "faceless", *contradictions("", "gender", "race"), "unsure_contradicting")
QUALITY = ("refused", *served(*ATTRIBUTES))
WHO_IS_IT = ("refused", *picks(*ATTRIBUTES))
APPROVAL = ("refused", *approvals(*ATTRIBUTES))
FAITHFUL = ("refused", "contradicting", "right")
RECOGNISED = QUALITY
"""Of the score functions of the same names."""
