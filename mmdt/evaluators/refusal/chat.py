"""refusal.chat: whether a reply declines, by a chat model; the rules check it and stand in where it fails."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.evaluators.judge.chat import ChatJudge, open_chat
from mmdt.evaluators.judge.prompt import load, question
from mmdt.evaluators.refusal import rules
from mmdt.reading.refusals.refusals import Reading

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""
TEMPLATE = "refusal"


@dataclass(frozen=True, slots=True)
class ChatRefusal:
    """Value: that of the rules, and how it was read.

    ``read_by`` is ``judge``, or ``rules`` where no judge is needed (pictures go by their pixels, an empty reply says
    nothing) or where the judge has no verdict; then ``judge_failed`` says why. ``rules_agree``: whether the rules see
    the same class.
    """

    judge: ChatJudge

    @property
    def info(self) -> EvaluatorInfo:
        info = self.judge.info
        mark = fingerprint(info.fingerprint, "refusal.chat", VERSION, rules.VERSION, load(TEMPLATE).edition)
        return replace(info, fingerprint=mark)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._observe(item) for item in items]

    async def close(self) -> None:
        """The model belongs to the engine."""

    async def _observe(self, item: Item) -> Observation:
        by_rules = await asyncio.to_thread(rules.observe_item, item)
        if by_rules.missing:
            return by_rules
        if item.output.images or not item.output.text.strip():
            return replace(by_rules, value={**by_rules.value, "read_by": "rules"})
        (seen,) = await self.judge.observe([replace(item, question=question(TEMPLATE))])
        if seen.missing:
            value = {**by_rules.value, "read_by": "rules", "judge_failed": seen.error}
            return replace(by_rules, value=value, evidence=seen.evidence, usage=seen.usage)
        return _judged(seen, by_rules)


def _judged(seen: Observation, by_rules: Observation) -> Observation:
    named = seen.value["class"]
    agree = named == by_rules.value["class"]
    reading = Reading(named == "refuses", partial=named == "partly")
    found = rules.observation(reading, "text", read_by="judge", rules_agree=agree, prompt=seen.value["prompt"])
    return replace(seen, value=found.value)


def open_chat_refusal(rest: str, context: EvaluatorContext) -> ChatRefusal:
    """``chat/<model>``: the model that reads refusals. Raises UsageError as a chat judge does."""
    return ChatRefusal(open_chat(rest, context))
