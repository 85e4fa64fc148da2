"""What the forms of a gate read (``mmdt.runs.gate.GateResult``)."""

from __future__ import annotations

from typing import Protocol

from mmdt.stats.gate.checks import GateCheck, Verdict


class GateOutcome(Protocol):
    """A decided gate."""

    @property
    def verdict(self) -> Verdict: ...
    @property
    def checks(self) -> tuple[GateCheck, ...]: ...
    @property
    def tests(self) -> int: ...
    @property
    def run(self) -> str: ...
    @property
    def baseline(self) -> str: ...
    @property
    def file(self) -> str: ...
    @property
    def cautions(self) -> tuple[str, ...]: ...
    def counts(self) -> dict[str, int]: ...
