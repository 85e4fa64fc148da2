"""counter.chat: reads counts of objects from a reply, by rules if they are conclusive, otherwise with a chat model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.evaluators.judge.chat import ChatJudge, open_chat
from mmdt.reading.counting.counts import counts_in

VERSION = "2"
"""Raise it whenever an observation could change: stored observations are then made again."""


@dataclass(frozen=True, slots=True)
class ChatCounter:
    """Value: ``{"counts": {object: number or None}, "by": "rules" or "judge"}``.

    The rules decide only where they find a number beyond doubt for every object asked for; most short replies are such.
    """

    judge: ChatJudge

    @property
    def info(self) -> EvaluatorInfo:
        info = self.judge.info
        return replace(info, fingerprint=fingerprint(info.fingerprint, VERSION))

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._count(item) for item in items]

    async def close(self) -> None:
        """Nothing to close: the engine owns the model."""

    async def _count(self, item: Item) -> Observation:
        counts = counts_in(item.output.text, item.question["objects"])
        if all(number is not None for number in counts.values()):
            return Observation({"counts": counts, "by": "rules"})
        (seen,) = await self.judge.observe([item])
        return seen if seen.missing else replace(seen, value={**seen.value, "by": "judge"})


def open_chat_counter(rest: str, context: EvaluatorContext) -> ChatCounter:
    """``chat/<model>``: rules first, then the model. Raises UsageError as a chat judge does."""
    return ChatCounter(open_chat(rest, context))
