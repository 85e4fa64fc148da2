"""The embedded judge: rules good enough for the organisms and the embedded data, and for nothing else.

It answers the same questions as a chat model. The rules for a prompt stand in a file named after it
(``harm-text`` -> ``harm_text.py``) with one function ``observe(item) -> Observation``; to teach it another prompt, add
a file. What it has no rules for is missing.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.resources import files

from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.errors import DataError, UsageError
from mmdt.evaluators.fingerprint import fingerprint

Rules = Callable[[Item], Observation]
NOTE = "rules that know the embedded data only; not fit to judge a real model"
_SOURCES = ((__name__, ""), ("mmdt.data.safety_suite", "categories"), ("mmdt.redteam", "pictograms"))
_PROMPT = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class EmbeddedJudge:
    """Rules in place of a judge, labelled as such."""

    @property
    def info(self) -> EvaluatorInfo:
        return EvaluatorInfo("embedded", _mark(), batch_size=16, concurrency=2, embedded=True, note=NOTE)

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [_observe(item) for item in items])

    async def close(self) -> None:
        """Nothing is held open."""


def _observe(item: Item) -> Observation:
    prompt = str(item.question.get("prompt", ""))
    rules = _rules(prompt)
    if rules is None:
        return Observation.failed(f"the embedded judge has no rules for the prompt {prompt!r}")
    try:
        return rules(item)
    except DataError as error:
        return Observation.failed(str(error))


@cache
def _rules(prompt: str) -> Rules | None:
    name = prompt.replace("-", "_")
    if not _PROMPT.fullmatch(prompt) or not (files(__name__) / f"{name}.py").is_file():
        return None
    rules: Rules = import_module(f"{__name__}.{name}").observe
    return rules


@cache
def _mark() -> str:
    """A hash of the rules and of what they look for."""
    folders = (files(package) / folder for package, folder in _SOURCES)
    entries = (entry for folder in folders for entry in folder.iterdir() if entry.is_file())
    return fingerprint("judge.embedded", sorted((entry.name, entry.read_text("utf-8")) for entry in entries))


def open_embedded(rest: str, context: EvaluatorContext) -> EmbeddedJudge:
    """``embedded``; there is nothing to set. Raises UsageError on anything more."""
    if rest:
        raise UsageError(f"the embedded judge takes no {rest!r}", cure="write embedded alone")
    return EmbeddedJudge()
