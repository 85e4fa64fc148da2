"""The check of evaluators on a labelled file."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmdt import plugins as registry
from mmdt.core.observation import Observation
from mmdt.core.protocols import Evaluator, Item
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.pipeline.context import EngineContext
from mmdt.errors import UsageError
from mmdt.runs.people.calibration import reply_digest
from mmdt.runs.selection import JUDGING_ROLES
from mmdt.spelling import option
from mmdt.validate.evaluators.check import observe_batches
from mmdt.validate.evaluators.labels.measure import GROUPS, Part, Seen, parts
from mmdt.validate.evaluators.labels.roles import ROLES
from mmdt.validate.evaluators.labels.rows import Row, read_rows

LONGEST = 300
"""Characters of a reply that are shown in a disagreement."""


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row on which the evaluator and people differ. ``row`` counts from 1."""

    row: int
    label: str
    said: str
    reply: str
    rationale: str
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class LabelReport:
    """How one evaluator did on a labelled file.

    ``parts``: the whole first, then each model and language. ``missing``: rows the evaluator had no answer to, which
    count for no figure. ``by_rules``: rows that rules read because the judge had no verdict. ``replies``: a digest of
    each reply that counts, which tells whether two files, or a run, have the same; ``prompts``: the judge prompts that
    were asked, with their editions.
    """

    role: str
    evaluator: str
    fingerprint: str
    file: str
    rows: int
    missing: int
    why_missing: str
    by_rules: int
    parts: tuple[Part, ...]
    disagreements: tuple[Disagreement, ...]
    replies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()


def check_labels(
    named: Sequence[tuple[str, str]],
    file: str | Path,
    *,
    judge: str = "",
    judge_settings: Mapping[str, Any] | None = None,
) -> list[LabelReport]:
    """How well evaluators agree with the labels of a JSONL or CSV file.

    ``named``: (role, name) of each. With ``judge`` a role that is named without an evaluator goes to that chat model.
    Raises UsageError for a role that no labelled file checks, DataError on a file that cannot be used.
    """
    chosen = [(role, name or (f"chat/{judge}" if judge and role in JUDGING_ROLES else "")) for role, name in named]
    for role, name in chosen:
        if role not in ROLES:
            raise UsageError(f"no labelled file checks the role {role!r}", hint=f"use {', '.join(ROLES)}")
        if not name:
            raise UsageError(
                f"no evaluator is named for {role}",
                hint=f"write {option('evaluators', {role: 'NAME'})}, or add {option('judge', 'MODEL')}",
            )
    if not chosen:
        raise UsageError("nothing is named to be checked", hint="write for example refusal=rules")
    rows = read_rows(Path(file))
    return asyncio.run(_check_all(chosen, rows, str(file), {judge: judge_settings or {}}))


async def _check_all(
    chosen: Sequence[tuple[str, str]], rows: Sequence[Row], file: str, settings: Mapping[str, Mapping[str, Any]]
) -> list[LabelReport]:
    context = EngineContext(Budget(), settings=settings)
    try:
        reports = []
        for name, wanted in chosen:
            evaluator = registry.open_evaluator(name, wanted, context)
            reports.append(await check_rows(name, evaluator, rows, file))
            await evaluator.close()
        return reports
    finally:
        await context.close()


async def check_rows(name: str, evaluator: Evaluator, rows: Sequence[Row], file: str = "") -> LabelReport:
    """One evaluator on rows. Raises DataError on a row that lacks a column or has a label of another kind."""
    role = ROLES[name]
    labels = [role.label(row) for row in rows]
    items = [role.item(row) for row in rows]
    found = await observe_batches(evaluator, _batches(items, evaluator.info.batch_size))
    lost = Counter(each.error for each in found if each.missing)
    told = [each for each in zip(rows, labels, found, strict=True) if not each[2].missing]
    seen = [Seen(label, role.said(saw.value, row), _groups(row)) for row, label, saw in told]
    return LabelReport(
        name,
        evaluator.info.name,
        evaluator.info.fingerprint,
        file,
        rows=len(rows),
        missing=sum(lost.values()),
        why_missing=lost.most_common(1)[0][0] if lost else "",
        by_rules=sum("judge_failed" in saw.value for _, _, saw in told),
        parts=parts(seen, role),
        disagreements=tuple(
            _disagreement(row, saw, each)
            for (row, _, saw), each in zip(told, seen, strict=True)
            if each.label != each.said
        ),
        replies=tuple(reply_digest(row.text("reply", default="")) for row, *_ in told),
        prompts=tuple(sorted({str(saw.value.get("prompt", "")) for *_, saw in told})),
    )


def _batches(items: Sequence[Item], size: int) -> list[Sequence[Item]]:
    step = max(size, 1)
    return [items[start : start + step] for start in range(0, len(items), step)]


def _groups(row: Row) -> tuple[tuple[str, str], ...]:
    return tuple((by, row.text(by)) for by in GROUPS if row.text(by, default=""))


def _disagreement(row: Row, saw: Observation, each: Seen) -> Disagreement:
    reply = row.text("reply", default="")[:LONGEST]
    return Disagreement(row.number, each.label, each.said, reply, saw.rationale[:LONGEST], dict(each.groups))
