"""The answers in a user's file, beside the columns of the cases: what came back for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.core.protocols import ModelInfo, Request
from mmdt.core.scenario import Scenario
from mmdt.data.files import FileSource, picture_of
from mmdt.data.records import Record
from mmdt.engine.store.codec import content_key
from mmdt.errors import DataError

REPLY, PICTURE, REFUSED, VERDICT, ANNOTATOR = "reply", "reply_image", "refused", "verdict", "annotator"
_NOBODY = ModelInfo("", frozenset())
_YES = frozenset({"yes", "true", "1", "filter"})
_NO = frozenset({"no", "false", "0"})


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer of one row, with the label that the row may have."""

    output: Output
    verdict: str
    annotator: str
    where: str


def key_of(request: Request) -> str:
    """What is asked, whoever is asked and with whatever seed."""
    return content_key(_NOBODY, replace(request, seed=None, schema=None))


def read_answers(path: Path, known: Mapping[str, Scenario] | None = None) -> dict[str, Answer]:
    """Every row's answer by what was asked. Raises DataError for a row without one, or two answers to one question."""
    found: dict[str, Answer] = {}
    for record, case in FileSource(path, known).records():
        key = key_of(Request(case.conversation, case.cell.flow.output))
        answer = _answer(record, path if path.is_dir() else path.parent, case.cell.flow.output == "image")
        before = found.setdefault(key, answer)
        if before is not answer and before.output != answer.output:
            hint = "keep one of them, or import the others as a separate run"
            raise record.error(REPLY, f"another answer to the same question is at {before.where}", hint)
    if not found:
        raise DataError(
            "the file has no rows", where=str(path), hint=f"columns: those of cases, and {REPLY} or {PICTURE}"
        )
    return found


def _answer(record: Record, folder: Path, picture: bool) -> Answer:
    return Answer(
        _output(record, folder, picture),
        str(record.values.get(VERDICT, "")).strip(),
        str(record.values.get(ANNOTATOR, "")).strip(),
        record.where,
    )


def _output(record: Record, folder: Path, picture: bool) -> Output:
    refused = str(record.values.get(REFUSED, "")).strip().lower()
    if refused in _YES:
        return Output.refused(RefusedBy.FILTER)
    if refused and refused not in _NO:
        raise record.error(
            REFUSED, f"expected yes or no, got {refused[:40]!r}", "yes: a filter refused; no, or leave it out"
        )
    if not record.values.get(REPLY) and not record.values.get(PICTURE):
        hint = f"fill in {PICTURE if picture else REPLY}, or write yes in {REFUSED} where a filter refused"
        raise record.error(PICTURE if picture else REPLY, "the row has no answer", hint)
    images = (picture_of(record, PICTURE, folder),) if record.values.get(PICTURE) else ()
    return Output.answered(record.text(REPLY, ""), images)


def no_answer() -> Output:
    """For a case that the file does not answer."""
    return Output.failed(FailureKind.CASE, "the imported file has no answer to this case")


def labels_of(answers: Mapping[str, Answer]) -> Iterator[tuple[str, Answer]]:
    """The answers that have a label."""
    return ((key, answer) for key, answer in answers.items() if answer.verdict)
