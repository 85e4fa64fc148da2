"""Observation: what one evaluator saw in one output."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mmdt.core.output import Usage


@dataclass(frozen=True, slots=True)
class Observation:
    """What an evaluator saw, or why it could not see anything.

    ``value`` is JSON: ``{"verdict": true}``, ``{"boxes": [...]}``, ``{"text": "..."}``. ``error`` is not empty
    when the evaluator could not observe (a failed judge call, an unparsable reply): the observation is then
    *missing*, and ``value`` means nothing. ``rationale`` is for people, ``evidence`` holds raw material such
    as the judge's reply.
    """

    value: Mapping[str, Any] = field(default_factory=dict)
    rationale: str = ""
    evidence: str = ""
    error: str = ""
    usage: Usage = field(default_factory=Usage)

    @property
    def missing(self) -> bool:
        return bool(self.error)

    @property
    def yes(self) -> float:
        """How far a yes-or-no verdict is yes: 0 or 1, or the share of a panel whose votes are averaged."""
        share = self.value.get("share")
        return float(share) if isinstance(share, int | float) else float(bool(self.value["verdict"]))

    @classmethod
    def failed(cls, error: str, *, evidence: str = "", usage: Usage | None = None) -> Observation:
        return cls(error=error, evidence=evidence, usage=usage or Usage())
