"""Scores of replies to questions about a picture, by the key of the target that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output
from mmdt.core.scenario import Observations
from mmdt.core.score import Score
from mmdt.perspectives.shared.counting import counts_in_reply
from mmdt.perspectives.shared.outcomes import UNGRADED, accuracy, observed, refusal_outcome, refused
from mmdt.perspectives.shared.questions import matching_answer
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.words import says_answer, says_as_expected, says_keyword

Target = Mapping[str, Any]
ReplyScore = Callable[[Target, str, Observations], Score]


def score_reply(case: Case, key: str, output: Output, observations: Observations) -> Score:
    """Positions by the relation the reply says, counts by the counter, free answers by the matcher, the rest by words.

    ``key`` is the key of the target that decides (``counts``, ``words``, ``keyword`` or ``answer``), empty where the
    target holds none of them.
    """
    refusal = refusal_outcome(output, observations)
    if refusal:
        return refused(refusal)
    score = _position if case.cell.task == "spatial" and key == "answer" else _SCORES.get(key)
    return score(case.target, output.text, observations) if score else UNGRADED


def _counts(target: Target, _: str, observations: Observations) -> Score:
    found = observed(observations, "counts")
    if isinstance(found, Score):
        return found
    return accuracy(counts_in_reply(found.value["counts"], target["counts"]), headline="soft")


def _words(target: Target, text: str, _: Observations) -> Score:
    return accuracy(says_as_expected(text, target["words"], target["expected"]), headline="soft")


def _keyword(target: Target, text: str, _: Observations) -> Score:
    return accuracy(says_keyword(text, target["keyword"]), headline="soft")


def _answer(_: Target, __: str, observations: Observations) -> Score:
    return matching_answer(observations)


def _position(target: Target, text: str, _: Observations) -> Score:
    answers = target.get("answers") or [target["answer"]]
    shares = [says_answer(text, answer) for answer in answers]
    best = Share(max(share.soft for share in shares), max(share.strict for share in shares))
    return accuracy(best, headline="soft")


_SCORES: Mapping[str, ReplyScore] = {"counts": _counts, "words": _words, "keyword": _keyword, "answer": _answer}
