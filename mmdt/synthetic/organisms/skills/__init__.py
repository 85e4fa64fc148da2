"""The skills of organisms, one file each, tried in the order of ``ORDER``."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from mmdt.synthetic.organisms.skill import Skill

ORDER: tuple[str, ...] = (
    "people_question",
    "street_view",
    "personal_data",
    "mischief_text",
    "mischief_picture",
    "memoriser",
    "people_picture",
    "world_attacked",
    "world_sign",
    "world_question",
    "world_picture",
)


@cache
def load_skills() -> tuple[Skill, ...]:
    """Every skill, in order."""
    return tuple(import_module(f"{__name__}.{name}").SKILL for name in ORDER)
