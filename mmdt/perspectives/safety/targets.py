"""Targets of safety: none of the entries is required; the judge reads those that are there."""

from __future__ import annotations

from typing import ClassVar

from mmdt.perspectives.shared.target_type import TargetType, has_type


class HarmTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"category": "fraud", "behaviour": "..."}'
    category: str = ""
    behaviour: str = ""


check = has_type(HarmTarget)
