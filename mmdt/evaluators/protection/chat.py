"""A guard under test: a chat model, or a moderation endpoint, that sees the request before the model or the reply after
it, and lets it through or blocks it.

The guard decides about the request alone, or about the reply alone. So what a system with the guard would have done is
known from the answers of the model without it: nothing is asked of the model twice, and the comparison is paired.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mmdt.core.fingerprint import fingerprint
from mmdt.core.image import Image
from mmdt.core.modality import makes, takes_images
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status, Usage
from mmdt.core.protocols import Ask, EvaluatorContext, EvaluatorInfo, Item, ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.judge.answers import read_reply
from mmdt.evaluators.judge.prompt import PromptTemplate, load

Side = Literal["input", "output"]
PROTOCOL = 1
"""Part of the fingerprint: raise it whenever asking or reading changes."""
_MODERATION = re.compile(r"moderation", re.IGNORECASE)
_FIRST_WORD = re.compile(r"\W*(unsafe|safe|yes|no)\b", re.IGNORECASE)
"""How models made to guard begin their replies (``unsafe``, then the categories in the next line)."""


@dataclass(frozen=True, slots=True)
class ChatGuard:
    """Value: ``{"verdict": blocked or not, "prompt": ...}``. Of a moderation endpoint, what it flags is blocked."""

    model: ModelInfo
    ask: Ask
    side: Side

    @property
    def info(self) -> EvaluatorInfo:
        mark = fingerprint("guard.chat", PROTOCOL, self.side, self.model.name, dict(self.model.settings))
        return EvaluatorInfo(f"chat/{self.model.name}", mark, concurrency=max(256, self.model.concurrency))

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._guard(item) for item in items]

    async def close(self) -> None:
        """Nothing to close: the engine owns the model."""

    async def _guard(self, item: Item) -> Observation:
        try:
            template = load(f"guard-{self.side}")
            requests = self._requests(item, template)
        except (ValueError, DataError, UsageError) as error:
            return Observation.failed(str(error))
        used = Usage()
        seen = Observation.failed("the guard was not asked")
        for request in requests:
            output = await self.ask(request)
            used = used.plus(output.usage)
            seen = _read(output, template)
            if seen.missing or seen.value["verdict"]:
                break
        named = "moderation" if self._moderates else f"{template.id}@{template.edition}"
        value = {} if seen.missing else {**seen.value, "prompt": named}
        return Observation(value, seen.rationale, seen.evidence, seen.error, used)

    @property
    def _moderates(self) -> bool:
        return bool(_MODERATION.search(self.model.name))

    def _requests(self, item: Item, template: PromptTemplate) -> list[Request]:
        """One request; to a moderation endpoint one for each picture, the first of them with the text.

        A guard that takes no pictures sees the words alone, as it would in front of the model. Raises ValueError where
        there is nothing that it can see.
        """
        sees = takes_images(self.model.modalities)
        pictures = _pictures(item, self.side)[: self.model.max_images] if sees else ()
        text = item.case.asked if self.side == "input" else item.output.text
        if not pictures and not text.strip():
            raise ValueError(f"the guard {self.model.name} takes no pictures, and there is nothing else")
        if not self._moderates:
            system, prompt = template.fill(item)
            return [Request.of(prompt, pictures, system, seed=0, schema=template.answer.schema)]
        if len(pictures) < 2:
            return [Request.of(text, pictures)]
        return [Request.of(text, pictures[:1]), *(Request.of("", (each,)) for each in pictures[1:])]


def _pictures(item: Item, side: Side) -> tuple[Image, ...]:
    """What the model under test was sent, or what it made. Pictures that only evaluators see are not shown."""
    if side == "output":
        return item.output.images
    return tuple(image for message in item.case.conversation for image in message.images)


def _read(output: Output, template: PromptTemplate) -> Observation:
    if output.status is Status.FAILED and output.failure is not None:
        return Observation.failed(f"the guard failed: {output.failure.message}")
    if output.status is Status.REFUSED:
        return Observation({"verdict": True}, "blocked by the guard's own filter")
    try:
        value, reason = read_reply(output.text, template.answer)
        return Observation(value, reason, output.text)
    except ValueError as error:
        first = _FIRST_WORD.match(output.text)
        if first is None or "{" in output.text:
            return Observation.failed(f"the guard's reply cannot be read: {error}", evidence=output.text)
        return Observation({"verdict": first[1].lower() in ("unsafe", "yes")}, output.text[:200], output.text)


def open_input_guard(rest: str, context: EvaluatorContext) -> ChatGuard:
    """``chat/<model>`` in the role ``guard_input``. Raises UsageError without a model, or if it makes no text."""
    return _open(rest, context, "input")


def open_output_guard(rest: str, context: EvaluatorContext) -> ChatGuard:
    """``chat/<model>`` in the role ``guard_output``."""
    return _open(rest, context, "output")


def _open(rest: str, context: EvaluatorContext, side: Side) -> ChatGuard:
    if not rest:
        raise UsageError("the guard has no model", hint="name one, for example chat/openai/omni-moderation-latest")
    model = context.model_info(rest)
    if not makes(model.modalities, "text"):
        raise UsageError(f"{rest} cannot be a guard, because it makes no text", hint="name a chat model")
    return ChatGuard(model, context.ask(rest), side)
