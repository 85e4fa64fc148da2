"""The known-answer set at the start of a run: does each judge still answer as it did in its last run?"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import msgspec

from mmdt.cache import cache_folder
from mmdt.core.protocols import Evaluator, Panel
from mmdt.disk.whole import write_whole
from mmdt.evaluators.known.questions import KnownQuestion, known_questions
from mmdt.evaluators.panel.panel import reason_unfit
from mmdt.evaluators.panel.votes import vote_of

FILE = "known-answers.json"
ASKING = ("chat/", "guard/")
"""Evaluators that ask a model; others cannot change behind a name."""


@dataclass(frozen=True, slots=True)
class KnownAnswers:
    """``right`` of ``of`` answers of one judge; ``changed``: questions that it answered otherwise in its last run,
    which was at ``before`` (empty where there was none). ``answers``: question -> vote, None without one."""

    judge: str
    fingerprint: str
    right: int
    of: int
    answers: Mapping[str, str | None]
    changed: tuple[str, ...] = ()
    before: str = ""


class _Last(msgspec.Struct):
    at: str
    answers: dict[str, str | None]


def judges_of(evaluators: Mapping[str, Evaluator]) -> Iterator[tuple[str, Evaluator]]:
    """Role and judge, members of panels one by one, of those that ask a model."""
    for role, each in evaluators.items():
        for judge in each.members if isinstance(each, Panel) else (each,):
            if judge.info.name.startswith(ASKING):
                yield role, judge


def questions_for(role: str, judge: Evaluator, number: int) -> list[KnownQuestion]:
    """The questions that this judge can answer."""
    return [each for each in known_questions(role, number) if not reason_unfit(judge, each.item.question)]


async def known_answers(evaluators: Mapping[str, Evaluator], number: int, at: str) -> dict[str, KnownAnswers]:
    """``role: judge`` -> what it answered; the cache then holds the answers for the judge's next run."""
    last = _read()
    asked = [(role, judge, questions_for(role, judge, number)) for role, judge in judges_of(evaluators)]
    found = {}
    for role, judge, questions in asked:
        if not questions:
            continue
        seen = await asyncio.gather(*(judge.observe((each.item,)) for each in questions))
        votes: dict[str, Any] = {
            each.id: None if one.missing else vote_of(one.value) for each, (one,) in zip(questions, seen, strict=True)
        }
        answers = {name: None if vote is None else str(vote) for name, vote in votes.items()}
        key, right = f"{role}/{judge.info.fingerprint}", sum(votes[each.id] == each.truth for each in questions)
        before = last.get(key)
        changed = tuple(
            name
            for name, vote in answers.items()
            if before and before.answers.get(name, vote) not in (vote, None) and vote
        )
        info = judge.info
        found[f"{role}: {info.name}"] = KnownAnswers(
            info.name, info.fingerprint, right, len(questions), answers, changed, before.at if before else ""
        )
        last[key] = _Last(at, {**(before.answers if before else {}), **answers})
    _write(last)
    return found


def _read() -> dict[str, _Last]:
    with suppress(OSError, msgspec.DecodeError, UnicodeError, RecursionError):
        return msgspec.json.decode((cache_folder() / FILE).read_bytes(), type=dict[str, _Last])
    return {}


def _write(last: Mapping[str, _Last]) -> None:
    """What cannot be written is asked again in the next run, with nothing to compare it with."""
    file = cache_folder() / FILE
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        write_whole(file, msgspec.json.encode(last))
