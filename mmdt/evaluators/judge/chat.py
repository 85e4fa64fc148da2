"""A chat model as a judge, which answers questions about outputs through the engine.

A reply must hold one JSON object; one that cannot be read is asked for once more and is then missing. So is a judge
that refuses or fails, each under its own name: nothing is ever guessed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mmdt.core.fingerprint import fingerprint
from mmdt.core.modality import makes
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status, Usage
from mmdt.core.protocols import Ask, EvaluatorContext, EvaluatorInfo, Item, ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.judge.answers import read_reply
from mmdt.evaluators.judge.prompt import PromptTemplate, load
from mmdt.reading.refusals.refusals import read_refusal

PROTOCOL = 2
"""Part of the fingerprint: raise it whenever asking or parsing changes."""
_AGAIN = "\n\nYour last reply was not the JSON object that is asked for. Reply with that object and nothing else."
_CONCURRENCY = 256


@dataclass(frozen=True, slots=True)
class ChatJudge:
    """Any chat model as a judge. Questions name a template: ``{"prompt": "harm-text", ...}``.

    Value: the fields of the template's kind of answer, and ``prompt``, which names the template and its edition.
    """

    model: ModelInfo
    ask: Ask

    @property
    def info(self) -> EvaluatorInfo:
        """The fingerprint covers the model and its settings; the prompt's edition is part of the question."""
        mark = fingerprint("judge.chat", PROTOCOL, self.model.name, dict(self.model.settings))
        return EvaluatorInfo(f"chat/{self.model.name}", mark, concurrency=max(_CONCURRENCY, self.model.concurrency))

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._judge(item) for item in items]

    async def close(self) -> None:
        """Nothing to close: the engine owns the model."""

    async def _judge(self, item: Item) -> Observation:
        try:
            template = _template(item)
            request = _request(template, item, self.model.max_images)
        except (ValueError, DataError, UsageError) as error:
            return Observation.failed(str(error))
        first = await self.ask(request)
        seen = _read(first, template, first.usage)
        if first.status is not Status.ANSWERED or not seen.missing:
            return seen
        second = await self.ask(request.with_prompt(request.prompt + _AGAIN))
        return _read(second, template, first.usage.plus(second.usage))


def _template(item: Item) -> PromptTemplate:
    template = load(str(item.question.get("prompt", "")))
    edition = item.question.get("edition", template.edition)
    if edition != template.edition:
        raise ValueError(f"the question is for edition {edition} of the prompt {template.id}, not {template.edition}")
    return template


def _request(template: PromptTemplate, item: Item, most: int) -> Request:
    system, prompt = template.fill(item)
    pictures = template.pictures(item)
    if len(pictures) > most:
        raise ValueError(f"the judge accepts {most} pictures at most, not {len(pictures)}")
    return Request.of(prompt, pictures, system, seed=0, schema=template.answer.schema)


def _read(output: Output, template: PromptTemplate, usage: Usage) -> Observation:
    if output.status is Status.FAILED and output.failure is not None:
        return Observation.failed(f"the judge failed: {output.failure.message}", usage=usage)
    if output.status is Status.REFUSED:
        return Observation.failed(f"the judge was blocked by its own filter: {output.reason}", usage=usage)
    try:
        value, reason = read_reply(output.text, template.answer)
    except ValueError as error:
        if "{" not in output.text and read_refusal(output.text).refused:
            return Observation.failed("the judge refused to judge", evidence=output.text, usage=usage)
        return Observation.failed(f"the judge's reply cannot be read: {error}", evidence=output.text, usage=usage)
    return Observation({**value, "prompt": f"{template.id}@{template.edition}"}, reason, output.text, usage=usage)


def open_chat(rest: str, context: EvaluatorContext) -> ChatJudge:
    """``chat/<model>``: the model that judges. Raises UsageError without a model, or if it produces no text."""
    if not rest:
        raise UsageError("the judge has no model", hint="name one, for example chat/openai/gpt-4o")
    model = context.model_info(rest)
    if not makes(model.modalities, "text"):
        raise UsageError(f"{rest} cannot be a judge, because it produces no text", hint="name a chat model")
    return ChatJudge(model, context.ask(rest))
