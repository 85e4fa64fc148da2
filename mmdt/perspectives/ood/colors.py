"""Colours of a generated picture: a yes/no question for each object, as the authors ask them apart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.scenario import Observations, Probe
from mmdt.core.score import Score
from mmdt.evaluators.judge.prompt import question
from mmdt.perspectives.shared.outcomes import accuracy, judged
from mmdt.perspectives.shared.probes import Question, about_picture
from mmdt.perspectives.shared.questions import expected_answer

MOST_COLORS = 8


def questions_of(target: Mapping[str, Any]) -> list[str]:
    """The questions of a target: one for each colour where it lists them, else its one question."""
    listed = target.get("questions")
    return list(listed) if isinstance(listed, list) else [target["question"]] if target.get("question") else []


def _probe(number: int) -> Probe:
    def ask(case: Case) -> Question:
        asked = questions_of(case.target)
        return question("yes-no-image", question=asked[number]) if number < len(asked) else None

    return Probe(name_of(number), "vqa", about_picture(ask))


def name_of(number: int) -> str:
    """The name of the probe for a question: ``attribute``, ``attribute_2``, ``attribute_3``..."""
    return f"attribute_{number + 1}" if number else "attribute"


COLORS = tuple(map(_probe, range(MOST_COLORS)))


def right_colors(target: Mapping[str, Any], observations: Observations) -> Score:
    """Whether every question is answered yes; missing where one of them has no answer."""
    asked = questions_of(target)
    if len(asked) < 2:
        return expected_answer(target, observations)
    verdicts = [judged(observations, name_of(number)) for number in range(len(asked))]
    missing = next((each for each in verdicts if isinstance(each, Score)), None)
    if missing is not None:
        return missing
    wrong = judged(observations, "contrast") if "contrast" in observations else False
    return wrong if isinstance(wrong, Score) else accuracy(all(bool(each) for each in verdicts) and not wrong)
