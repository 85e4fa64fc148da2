"""Evaluators that are pure functions of the reply and the question."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorInfo, Item


class RuleEvaluator:
    """Applies ``rule`` to the reply and the question. ``version`` must change whenever the rule does.

    ``embedded``: only good enough for organisms; False for a rule that says where it cannot tell, and never guesses.
    """

    def __init__(
        self,
        name: str,
        version: str,
        note: str,
        rule: Callable[[str, Mapping[str, Any]], Observation],
        *,
        embedded: bool = True,
    ) -> None:
        self._rule = rule
        self._info = EvaluatorInfo(name, f"{name}@{version}", batch_size=256, embedded=embedded, note=note)

    @property
    def info(self) -> EvaluatorInfo:
        return self._info

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [self._rule(item.output.text, item.question) for item in items]

    async def close(self) -> None:
        """Nothing to close."""
