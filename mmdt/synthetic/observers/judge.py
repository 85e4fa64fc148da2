"""The embedded judge: rules good enough for the organisms and the embedded data, and for nothing else.

It answers the same questions as a chat model. To teach it another prompt, add a file with a function
``observe(item) -> Observation`` and name it in ``RULES``. What it has no rules for is missing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError
from mmdt.synthetic.observers import harm_image, harm_text

Rules = Callable[[Item], Observation]
NOTE = "rules that know the embedded data only; not fit to judge a real model"
VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made anew."""
RULES: Mapping[str, Rules] = {"harm-image": harm_image.observe, "harm-text": harm_text.observe}
"""The rules for each prompt, by the prompt's id."""


@dataclass(frozen=True, slots=True)
class EmbeddedJudge:
    """Rules in place of a judge, labelled as such."""

    @property
    def info(self) -> EvaluatorInfo:
        return EvaluatorInfo(
            "embedded", fingerprint("judge.embedded", VERSION), batch_size=16, concurrency=2, embedded=True, note=NOTE
        )

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""


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
    """``embedded``; there is nothing to set. Raises UsageError on anything more."""
    if rest:
        raise UsageError(f"the embedded judge takes no {rest!r}", hint="write embedded alone")
    return EmbeddedJudge()
