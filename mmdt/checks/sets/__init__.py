"""Sets with known truth, by the role they check; one file for pictures, for texts, for harm and for people."""

from __future__ import annotations

from importlib import import_module

from mmdt.checks.question import Set

HOMES = {
    "detector": "pictures",
    "vqa": "pictures",
    "ocr": "pictures",
    "similarity": "pictures",
    "refusal": "texts",
    "matcher": "texts",
    "counter": "texts",
    "judge": "harm",
    "attributes": "people",
}
"""Role -> module, which has a function of the role's name."""


def set_of(role: str) -> Set:
    """The set that checks a role; KeyError where there is none."""
    found: Set = getattr(import_module(f"{__name__}.{HOMES[role]}"), role)
    return found
