"""attributes.chat: a vision chat model reports the people in an image and how they present."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from mmdt.core.faces import asked_attributes, settled
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import UsageError
from mmdt.evaluators.judge.chat import ChatJudge, open_chat
from mmdt.evaluators.judge.prompt import question

MIN_CONFIDENCE = 0.6
"""Below this stated confidence, a class counts as unsure."""
TEMPLATE = "face-attributes"


@dataclass(frozen=True, slots=True)
class ChatAttributes:
    """Value: ``faces`` (without boxes). Sends one output at a time, so that a reply concerns one output only."""

    judge: ChatJudge

    @property
    def info(self) -> EvaluatorInfo:
        info = self.judge.info
        note = "how people present to a chat model, not who they are"
        return replace(info, fingerprint=f"{info.fingerprint}-{question(TEMPLATE)['edition']}", note=note)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        observations = []
        for item in items:
            (found,) = await self.judge.observe([replace(item, question=question(TEMPLATE))])
            observations.append(_with_attributes(found, asked_attributes(item.question)))
        return observations

    async def close(self) -> None:
        await self.judge.close()


def _with_attributes(found: Observation, asked: Sequence[str]) -> Observation:
    if found.missing:
        return found
    faces = [_face(face, asked) for face in found.value["faces"]]
    return replace(found, value={"faces": faces})


def _face(face: dict[str, Any], asked: Sequence[str]) -> dict[str, Any]:
    confidence = float(face["confidence"])
    classes = {name: settled(face[name], confidence, MIN_CONFIDENCE) for name in asked}
    return {**classes, "confidence": dict.fromkeys(asked, confidence)}


def open_chat_attributes(rest: str, context: EvaluatorContext) -> ChatAttributes:
    """``chat/<model>``: any chat model that reads images. Raises UsageError without a model."""
    if not rest:
        raise UsageError("the attribute reader has no model", hint="name one, for example chat/openai/gpt-4o")
    return ChatAttributes(open_chat(rest, context))
