"""The verb ``import``: answers that were made elsewhere become a run."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from mmdt.core.protocols import Request
from mmdt.data.records import data_files
from mmdt.errors import DataError, UsageError
from mmdt.runs.people.choice import checked_probe, labelable
from mmdt.runs.people.exchange import name_of, said
from mmdt.runs.people.labels import Label, LabelFile
from mmdt.runs.result import Run
from mmdt.runs.stored.answers import Answer, key_of, labels_of, read_answers
from mmdt.runs.verbs import run
from mmdt.spelling import option

_NAME = re.compile(r"[\w.:@+-]+(?:/[\w.:@+-]+)*")


def import_run(
    file: str | Path,
    *,
    model: str,
    probe: str = "",
    out: str | Path | None = None,
    fresh: bool = False,
    select: str | Sequence[str] = ("**",),
    judge: str = "",
    evaluators: Mapping[str, str] | None = None,
    progress: Any = None,
    **settings: Any,
) -> Run:
    """A run of stored answers: a paper's released outputs, a log, what another tool asked.

    ``file``: JSONL, CSV or parquet, or a folder of such files, with the columns of cases (docs/data.md) and ``reply``
    or ``reply_image`` (a path beside the file); ``refused`` (yes: by a filter), and ``verdict`` and ``annotator`` where
    people have labelled them. ``model``: whose answers they are; nothing is asked of it. ``probe``: what the verdicts
    answer, where the run has several judges. The other settings are those of ``run``.

    Raises DataError for a row that cannot be used, before anything is stored."""
    path = Path(file)
    if not path.exists():
        raise DataError("there is no such file", where=str(path), hint="check the path")
    if not _NAME.fullmatch(model):
        raise UsageError(f"{model[:60]!r} is no name of a model", hint=f"use {option('model', 'openai/gpt-4o')}")
    answers = read_answers(path)
    digest = hashlib.sha256(b"".join(hashlib.sha256(each.read_bytes()).digest() for each in data_files(path)))
    for _, answer in labels_of(answers):
        if not said(answer.verdict):
            raise DataError(
                f"expected yes, no or unsure, got {answer.verdict[:40]!r}", where=answer.where, hint="write one of them"
            )
    made = run(
        f"stored/{model}",
        data=str(path),
        model_settings={"file": str(path.resolve()), "sha256": digest.hexdigest()},
        out=out,
        fresh=fresh,
        select=select,
        judge=judge,
        evaluators=evaluators,
        progress=progress,
        **settings,
    )
    if any(answer.verdict for answer in answers.values()):
        LabelFile(made.folder).add(_labels(made, checked_probe(made, probe), answers, path.name))
    return made


def _labels(made: Run, probe: str, answers: Mapping[str, Answer], source: str) -> Iterator[Label]:
    for trial in made.joined():
        answer = answers.get(key_of(Request(trial.case.conversation, trial.case.cell.flow.output)))
        verdict = said(answer.verdict) if answer else None
        if answer and verdict and labelable(trial, probe):
            name = name_of(answer.annotator or "people")
            yield Label(trial.case.id, trial.repeat, probe, name, verdict, source=source)
