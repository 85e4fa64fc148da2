"""The embedded judge: rules that work for the organisms and the embedded data only.

It answers the same questions as a judge model. To support another prompt, add a module with a function
``observe(item) -> Observation`` and list it in ``RULES``. A prompt without rules gives a missing observation.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError
from mmdt.synthetic.mischief.category import known_category
from mmdt.synthetic.observers import harm_image, harm_text
from mmdt.synthetic.observers.pixels import require_no_options

Rules = Callable[[Item], Observation]
NOTE = "rules that know the embedded data only; not fit to judge a real model"
VERSION = "1"
"""Increase this whenever an observation could change, so that stored observations are not reused."""
RULES: Mapping[str, Rules] = {"harm-image": harm_image.observe, "harm-text": harm_text.observe}
"""Prompt id -> the rules for it."""


@dataclass(frozen=True, slots=True)
class EmbeddedJudge:
    """A judge made of rules; its info is labelled as embedded."""

    @property
    def info(self) -> EvaluatorInfo:
        return EvaluatorInfo(
            "embedded", fingerprint("judge.embedded", VERSION), batch_size=16, concurrency=2, embedded=True, note=NOTE
        )

    def unfit(self, question: Mapping[str, Any]) -> str:
        """Why there are no rules for a question; empty if there are."""
        prompt = str(question.get("prompt", ""))
        if prompt not in RULES:
            return f"the embedded judge has no rules for the prompt {prompt!r}"
        try:
            known_category(str(question.get("category", "")))
        except DataError as error:
            return f"the embedded judge does not know the category: {error.what}"
        return ""

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Do nothing: the evaluator holds no resources."""


def _observe(item: Item) -> Observation:
    prompt = str(item.question.get("prompt", ""))
    rules = RULES.get(prompt)
    if rules is None:
        return Observation.failed(f"the embedded judge has no rules for the prompt {prompt!r}")
    try:
        return rules(item)
    except DataError as error:
        return Observation.failed(str(error))


def open_embedded(rest: str, context: EvaluatorContext) -> EmbeddedJudge:
    """``embedded``; it has no options. Raises UsageError if one is given."""
    require_no_options("embedded", rest)
    return EmbeddedJudge()
