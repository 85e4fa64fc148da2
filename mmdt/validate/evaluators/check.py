"""The check: asks evaluators about sets with known truth and counts what they get right."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from mmdt import plugins
from mmdt.core.observation import Observation
from mmdt.core.protocols import Evaluator
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.context import EngineContext
from mmdt.errors import MissingExtraError, UsageError
from mmdt.evaluators.check_reports import CheckFigure, CheckReport
from mmdt.runs.manifest import now
from mmdt.runs.selection import JUDGING_ROLES
from mmdt.stats.intervals.wilson import wilson
from mmdt.validate.evaluators.question import Question, Set
from mmdt.validate.evaluators.sets import FOLDER_ROLES, HOMES, set_of

NUMBER = 40
"""Questions a condition."""
EXAMPLES = 10
"""The most examples that are reported."""
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
"""Evaluators that need neither a server nor weights from the hub: checked if none is named."""

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
) -> list[CheckReport]:
    """Measure evaluators on sets with known truth.

    ``named``: the evaluators to check. ``judge``: a chat model to check in every judging role. Without either, all that
    need neither a server nor weights. ``pictures``: a folder of your own pictures, all different, used instead of the
    embedded ones for the role ``copy`` (both copy detectors if none is named). Raises UsageError for a role without a
    set, or one that takes no pictures; DataError for a folder without pictures.
    """
    chosen = [*named, *((role, f"chat/{judge}") for role in JUDGING_ROLES if judge and role in HOMES)]
    chosen = chosen or [each for each in OFFLINE if pictures is not None and each[0] in FOLDER_ROLES]
    for role, _ in chosen:
        if role not in HOMES:
            raise UsageError(f"there is no set with known truth for the role {role!r}", hint=f"use {', '.join(HOMES)}")
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
) -> list[CheckReport]:
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
    """``skip``: leave out those whose library is not installed."""
    opened = []
    for role, name in chosen:
        try:
            opened.append((role, plugins.open_evaluator(role, name, context)))
        except MissingExtraError:
            if not skip:
                raise
    return opened


async def check_evaluator(role: str, evaluator: Evaluator, questions: Sequence[Question]) -> CheckReport:
    """One evaluator on one set."""
    items = [item for question in questions for item in question.items]
    size = max(evaluator.info.batch_size, 1)
    batches = [items[start : start + size] for start in range(0, len(items), size)]
    found = await _observe(evaluator, batches)
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
    shown = tuple(examples[:EXAMPLES])
    return CheckReport(role, info.name, info.fingerprint, figures, len(questions), len(missing), why, now(), shown)


async def _observe(evaluator: Evaluator, batches: Sequence[Sequence[Any]]) -> list[Observation]:
    """All batches, as many at once as the evaluator allows."""
    room = asyncio.Semaphore(max(evaluator.info.concurrency, 1))

    async def one(batch: Sequence[Any]) -> Sequence[Observation]:
        async with room:
            return await evaluator.observe(batch)

    return [each for batch in await asyncio.gather(*map(one, batches)) for each in batch]


def _figure(name: str, condition: str, right: float, of: float) -> CheckFigure:
    low, high = wilson(right, of)
    return CheckFigure(name, condition, right / of, low, high, of)
