"""Questions: a yes/no question about a generated picture, and questions with a reference answer."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations, Probe
from mmdt.core.score import Score
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.shared.contrast import contrast_of
from mmdt.perspectives.shared.outcomes import accuracy, judged
from mmdt.perspectives.shared.probes import Question, about_picture
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.target_type import TargetType, Text, YesNo


class QuestionTarget(TargetType, frozen=True):
    """A yes/no question about the picture; the right answer is yes unless ``expected`` says no.

    ``contrast``: a second question, to which the other answer is right.
    """

    example: ClassVar[str] = '{"question": "Is the cup red?"}'
    question: Text
    expected: YesNo = "yes"
    contrast: Text = "-"


class AnswerTarget(TargetType, frozen=True):
    example: ClassVar[str] = '{"answer": "a red cup"}'
    answer: Text


def _yes_no_question(case: Case) -> Question:
    asked = case.target.get("question")
    return question("yes-no-image", question=asked) if asked else None


ATTRIBUTE = Probe("attribute", "vqa", about_picture(_yes_no_question))
"""The yes/no question of the target about the generated picture."""


def _contrast(case: Case) -> Question:
    asked = case.target.get("contrast") or contrast_of(str(case.target.get("question", "")))
    return question("yes-no-image", question=asked) if asked else None


CONTRAST = Probe("contrast", "contrast", about_picture(_contrast), optional=True)
"""The same about a wrong attribute, on embedded cases and, with ``--careful``, on all."""


def _match_question(case: Case, output: Output) -> Question:
    return None if case.cell.task == "spatial" else _match_any(case, output)  # a relation is read from the words


def _match_any(case: Case, _: Output) -> Question:
    answer = case.target.get("answer")
    return None if answer is None else question("answer-matches-reference", question=case.prompt, reference=answer)


MATCHES = Probe("matches", "matcher", _match_question)
"""Does the reply say the same as the reference answer?"""
ANY_MATCHES = Probe("matches", "matcher", _match_any)
"""The same, about positions too."""


def expected_answer(target: Mapping[str, Any], observations: Observations) -> Score:
    """Whether the yes/no question of ``ATTRIBUTE`` was answered as the target expects, and that of ``CONTRAST``, where
    it was asked, the other way: a judge that always says yes has seen nothing."""
    verdict, expected = judged(observations, "attribute"), target.get("expected", "yes") == "yes"
    if isinstance(verdict, Score):
        return verdict
    if "contrast" not in observations and "contrast" not in target:
        return accuracy(verdict == expected)
    other = judged(observations, "contrast")
    if isinstance(other, Score):
        return other
    return accuracy(Share.both(verdict == expected, other != expected))


def matching_answer(observations: Observations) -> Score:
    """Whether the reply matches the reference answer, by ``MATCHES``."""
    verdict = judged(observations, "matches")
    return verdict if isinstance(verdict, Score) else accuracy(verdict)
