"""Recipe: the attacks that made a case, in order, so that anybody can make the same case again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Step:
    """One attack that was applied: its name, its parameters (JSON values) and the seed of its random numbers."""

    attack: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0


Recipe = tuple[Step, ...]
"""The steps in the order in which they were applied; empty for a case that no attack has changed."""
