"""Sets with known truth, by the role they check."""

from __future__ import annotations

from functools import partial
from importlib import import_module
from pathlib import Path

from mmdt.validate.evaluators.question import Set

HOMES = {
    "detector": "pictures",
    "vqa": "pictures",
    "ocr": "pictures",
    "similarity": "pictures",
    "refusal": "texts",
    "matcher": "texts",
    "counter": "texts",
    "reader": "readings",
    "judge": "harm",
    "attributes": "people",
    "copy": "copies",
}
"""Role -> module, which has a function of the role's name."""


FOLDER_ROLES = ("copy",)
"""Roles that can be checked on a folder of the user's own pictures."""


def set_of(role: str, folder: Path | None = None) -> Set:
    """The set for a role, made of the pictures of ``folder`` if one is given. Raises KeyError if there is none."""
    home = import_module(f"{__name__}.{HOMES[role]}")
    found: Set = getattr(home, role) if folder is None else partial(home.of_folder, folder)
    return found
