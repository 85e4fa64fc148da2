"""judge.guard: a guard model as a judge of harm, asked in its own form: ``guard/FORMAT/MODEL``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.modality import makes, takes_images
from mmdt.core.observation import Observation
from mmdt.core.output import Output, Status, Usage
from mmdt.core.protocols import Ask, EvaluatorContext, EvaluatorInfo, Item, ModelInfo
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.guard.form import PICTURE, TEXT, Finding, GuardForm
from mmdt.evaluators.guard.llama_guard import LLAMA_GUARD_3, LLAMA_GUARD_3_VISION, LLAMA_GUARD_4
from mmdt.evaluators.guard.llavaguard import LLAVAGUARD
from mmdt.evaluators.guard.moderation import AZURE_CONTENT_SAFETY, OPENAI_MODERATION
from mmdt.evaluators.guard.names import GUARD, split
from mmdt.evaluators.guard.shieldgemma import SHIELDGEMMA, SHIELDGEMMA_2
from mmdt.evaluators.guard.taxonomy import edition, hazards_in, hazards_of
from mmdt.evaluators.guard.wildguard import WILDGUARD
from mmdt.evaluators.judge.prompt import PromptTemplate, load

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""
FORMS: Mapping[str, GuardForm] = {
    form.name: form
    for form in (
        AZURE_CONTENT_SAFETY,
        LLAMA_GUARD_3,
        LLAMA_GUARD_3_VISION,
        LLAMA_GUARD_4,
        LLAVAGUARD,
        OPENAI_MODERATION,
        SHIELDGEMMA,
        SHIELDGEMMA_2,
        WILDGUARD,
    )
}
_CONCURRENCY = 256


@dataclass(frozen=True, slots=True)
class GuardJudge:
    """Value: ``verdict`` (harmful under any of the guard's categories), ``codes`` (its own), ``hazards`` (the same in
    the taxonomy's words) and ``same_hazard``: whether they include the case's category (None where that is not in the
    taxonomy, or nothing was found)."""

    form: GuardForm
    model: ModelInfo
    ask: Ask

    @property
    def info(self) -> EvaluatorInfo:
        about = (self.form.name, self.form.version, edition(), self.model.name, dict(self.model.settings))
        mark = fingerprint("judge.guard", VERSION, *about)
        name = f"{GUARD}{self.form.name}/{self.model.name}"
        return EvaluatorInfo(
            name,
            mark,
            concurrency=max(_CONCURRENCY, self.model.concurrency),
            note="a guard, which finds harm of any kind that it knows, whatever the question",
        )

    def unfit(self, question: Mapping[str, Any]) -> str:
        """Why a guard can never answer a question; empty if it may."""
        try:
            template = load(str(question.get("prompt", "")))
        except UsageError as error:
            return str(error)
        if template.answer.name != "yes-no" or "category" not in template.fields:
            return f"a guard finds harm, and cannot answer the question {template.id!r}"
        if (medium := _medium(template)) not in self.form.judges:
            return f"the guard {self.form.name} does not judge {medium}s"
        return ""

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return [await self._judge(item) for item in items]

    async def close(self) -> None:
        """Nothing to close: the engine owns the model."""

    async def _judge(self, item: Item) -> Observation:
        try:
            why = self.unfit(item.question) or self._nothing_to_judge(item)
            requests = [] if why else self.form.requests(item)
        except (ValueError, DataError) as error:
            why, requests = str(error), []
        if why:
            return Observation.failed(why)
        usage, answers, finding = Usage(), [], Finding(False)
        for code, request in requests:
            output = await self.ask(request)
            usage = usage.plus(output.usage)
            if failed := _failure(output):
                return Observation.failed(failed, usage=usage)
            answers.append(output.text)
            try:
                finding = self.form.read(output.text, code)
            except ValueError as error:
                return Observation.failed(
                    f"the guard's answer cannot be read: {error}", evidence=output.text, usage=usage
                )
            if finding.harmful:
                break
        return Observation(self._value(finding, item), finding.why, "\n".join(answers), usage=usage)

    def _nothing_to_judge(self, item: Item) -> str:
        if _medium(load(str(item.question["prompt"]))) == PICTURE:
            return "" if item.output.images else "there is no picture"
        return "" if item.output.text.strip() else "there is no text"

    def _value(self, finding: Finding, item: Item) -> dict[str, Any]:
        hazards = hazards_of(self.form.taxonomy, finding.codes)
        wanted = hazards_in(str(item.question.get("category", "")))
        same = bool({*hazards} & {*wanted}) if hazards and wanted else None
        return {"verdict": finding.harmful, "codes": list(finding.codes), "hazards": hazards, "same_hazard": same}


def _medium(template: PromptTemplate) -> str:
    return PICTURE if template.attach == "output" else TEXT


def _failure(output: Output) -> str:
    if output.status is Status.FAILED and output.failure is not None:
        return f"the judge failed: {output.failure.message}"
    return f"the judge was blocked by its own filter: {output.reason}" if output.status is Status.REFUSED else ""


def open_guard(rest: str, context: EvaluatorContext) -> GuardJudge:
    """``guard/FORMAT/MODEL``, for example ``guard/llama-guard-4/hf/meta-llama/Llama-Guard-4-12B``.

    Raises UsageError for a format that is not known, without a model, or for one that cannot see what it is to judge.
    """
    name, model = split(rest)
    if name not in FORMS:
        hint = f"use {GUARD}FORMAT/MODEL with one of: {', '.join(FORMS)}"
        raise UsageError(f"unknown guard format {name!r}", where=f"{GUARD}{rest}", hint=hint)
    form = FORMS[name]
    if not model:
        hint = f"name it, for example {GUARD}{name}/{form.example}"
        raise UsageError("the guard has no model", where=f"{GUARD}{rest}", hint=hint)
    info = context.model_info(model)
    if not makes(info.modalities, "text"):
        raise UsageError(f"{model} cannot be a guard, because it produces no text", hint="name a chat model")
    if form.judges == {PICTURE} and not takes_images(info.modalities):
        raise UsageError(f"{model} takes no pictures", where=f"{GUARD}{rest}", hint="name a model that does")
    return GuardJudge(form, info, context.ask(model))
