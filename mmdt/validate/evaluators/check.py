"""The check itself: asks evaluators about their sets and counts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from mmdt import plugins as registry
from mmdt.core.observation import Observation
from mmdt.core.protocols import Evaluator
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.context import EngineContext
from mmdt.errors import MissingExtraError, UsageError
from mmdt.evaluators.check_reports import Figure, Report
from mmdt.runs.manifest import now
from mmdt.runs.selection import JUDGING_ROLES
from mmdt.stats.basics import wilson
from mmdt.validate.evaluators.question import Question, Set
from mmdt.validate.evaluators.sets import FOLDER_ROLES, HOMES, set_of

NUMBER = 40
"""Questions a condition."""
EXAMPLES = 10
"""How many things worth a look are told."""
OFFLINE = (
    ("detector", "pixels"),
    ("vqa", "pixels"),
    ("ocr", "glyphs"),
    ("ocr", "rapidocr"),
    ("similarity", "pixels"),
    ("refusal", "rules"),
    ("matcher", "rules"),
    ("counter", "rules"),
    ("judge", "embedded"),
    ("attributes", "pixels"),
    ("copy", "crops"),
    ("copy", "phash"),
)
"""What needs neither a server nor weights from the hub: checked where no evaluator is named."""

Named = tuple[str, str]
"""(role, name) of an evaluator."""


def check_evaluators(
    named: Sequence[Named] = (),
    *,
    number: int = NUMBER,
    seed: int = 0,
    judge: str = "",
    judge_settings: Mapping[str, Any] | None = None,
    pictures: str | Path | None = None,
) -> list[Report]:
    """How well evaluators do on sets with known truth.

    ``named``: those to check; with ``judge`` the chat model as judge, matcher, counter, reader of refusals and for
    yes/no questions; all that need neither a server nor weights where nothing is named. ``pictures``: a folder of the
    user's own pictures, all different, in the place of the embedded ones for the role ``copy`` (both copy detectors
    where none is named).
    Raises UsageError for a role without a set, or one that takes no pictures; DataError on a folder without pictures.
    """
    chosen = [*named, *((role, f"chat/{judge}") for role in JUDGING_ROLES if judge)]
    chosen = chosen or [each for each in OFFLINE if pictures is not None and each[0] in FOLDER_ROLES]
    for role, _ in chosen:
        if role not in HOMES:
            raise UsageError(f"no set with known truth checks the role {role!r}", hint=f"use {', '.join(HOMES)}")
        if pictures is not None and role not in FOLDER_ROLES:
            hint = f"use it with {', '.join(FOLDER_ROLES)}"
            raise UsageError(f"the role {role!r} is not checked on a folder of pictures", hint=hint)
    folder = None if pictures is None else Path(pictures)
    sets = {role: set_of(role, folder) for role, _ in chosen or OFFLINE}
    return asyncio.run(_check_all(chosen, sets, number, seed, {judge: judge_settings or {}}))


async def _check_all(
    chosen: Sequence[Named],
    sets: Mapping[str, Set],
    number: int,
    seed: int,
    settings: Mapping[str, Mapping[str, Any]],
) -> list[Report]:
    context = EngineContext(Budget(), settings=settings)
    try:
        opened = _open(chosen, context) if chosen else _open(OFFLINE, context, skip=True)
        reports = []
        for role, evaluator in opened:
            reports.append(await check_evaluator(role, evaluator, list(sets[role](seed, number))))
            await evaluator.close()
        return reports
    finally:
        await context.close()


def _open(chosen: Iterable[Named], context: EngineContext, *, skip: bool = False) -> list[tuple[str, Evaluator]]:
    """``skip``: without those whose library is not installed."""
    opened = []
    for role, name in chosen:
        try:
            opened.append((role, registry.open_evaluator(role, name, context)))
        except MissingExtraError:
            if not skip:
                raise
    return opened


async def check_evaluator(role: str, evaluator: Evaluator, questions: Sequence[Question]) -> Report:
    """One evaluator on one set."""
    items = [item for question in questions for item in question.items]
    size = max(evaluator.info.batch_size, 1)
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    found = await observe_batches(evaluator, batches)
    seen = iter(found)
    totals: dict[tuple[str, str], list[float]] = {}
    missing: list[str] = []
    examples: list[str] = []
    for question in questions:
        answers = list(islice(seen, len(question.items)))
        lost = next((each.error for each in answers if each.missing), "")
        if lost:
            missing.append(lost)
            continue
        counts = question.count([each.value for each in answers])
        if question.example and any(right for right, _ in counts.values()):
            examples.append(question.example)
        for name, (right, of) in counts.items():
            total = totals.setdefault((question.condition, name), [0.0, 0.0])
            total[0] += right
            total[1] += of
    conditions = list(dict.fromkeys(question.condition for question in questions))
    sums = sorted(totals.items(), key=lambda each: conditions.index(each[0][0]))
    figures = tuple(_figure(name, condition, *total) for (condition, name), total in sums if total[1])
    info, why = evaluator.info, missing[0] if missing else ""
    told = tuple(examples[:EXAMPLES])
    return Report(role, info.name, info.fingerprint, figures, len(questions), len(missing), why, now(), told)


async def observe_batches(evaluator: Evaluator, batches: Sequence[Sequence[Any]]) -> list[Observation]:
    """All batches, as many at once as the evaluator bears."""
    room = asyncio.Semaphore(max(evaluator.info.concurrency, 1))

    async def one(batch: Sequence[Any]) -> Sequence[Observation]:
        async with room:
            return await evaluator.observe(batch)

    return [each for batch in await asyncio.gather(*map(one, batches)) for each in batch]


def _figure(name: str, condition: str, right: float, of: float) -> Figure:
    low, high = wilson(right, of)
    return Figure(name, condition, right / of, low, high, of)
