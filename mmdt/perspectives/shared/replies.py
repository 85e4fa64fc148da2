"""Scores of replies to questions about a picture, by the key of the target that decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mmdt.core.case import Case
from mmdt.core.output import Output, Status
from mmdt.core.scenario import Observations
from mmdt.core.score import Score
from mmdt.perspectives.shared.counting import counts_in_reply
from mmdt.perspectives.shared.outcomes import (
    UNGRADED,
    accuracy,
    judged,
    observed,
    one_word,
    refusal_outcome,
    refused,
)
from mmdt.perspectives.shared.questions import matching_answer
from mmdt.perspectives.shared.share import Share
from mmdt.perspectives.shared.words import names_relation, says_answer, says_as_expected, says_keyword
from mmdt.reading.closed_sets import affirmed, names_of
from mmdt.reading.mentions import claims, says_plainly, unknowing

Target = Mapping[str, Any]
ReplyScore = Callable[[Target, str, Observations], Score]
Gradable = Callable[[Target, str, Observations], bool]


def score_reply(case: Case, key: str, output: Output, observations: Observations) -> Score:
    """Graded first: a reply is a refusal only where nothing in it can be graded. Positions by the relation the reply
    says, counts by the counter, free answers by the matcher, the rest by words.

    ``key`` is the key of the target that decides (``counts``, ``words``, ``keyword`` or ``answer``), empty where the
    target holds none of them."""
    refusal = refusal_outcome(output, observations)
    if output.status is Status.REFUSED:
        return refused(refusal)
    score, gradable = (
        (_position, _names_position)
        if case.cell.task == "spatial" and key == "answer"
        else _SCORES.get(key, (_ungraded, _never))
    )
    if case.target.get("options"):
        score, gradable = _closed(score), _affirms_any
    found = score(case.target, output.text, observations)
    if not refusal:
        return found
    answers = one_word(output.text) or gradable(case.target, output.text, observations)
    return found if answers and found.values else refused(refusal)


def _closed(open_score: ReplyScore) -> ReplyScore:
    """Of a closed set: exactly the true options are affirmed. A reply that affirms none of them says it in other words
    or not at all: then the matcher decides, where there is one."""

    def score(target: Target, text: str, observations: Observations) -> Score:
        found = affirmed(text, target["options"])
        if not found and "matches" in observations:
            return open_score(target, text, observations)
        soft = all(any(says_plainly(text, name) for name in names_of(option)) for option in target["truth"])
        strict = found == frozenset(target["truth"])
        return accuracy(Share(float(soft or strict), float(strict)))

    return score


def _affirms_any(target: Target, text: str, _: Observations) -> bool:
    return bool(affirmed(text, target["options"]))


def _ungraded(_: Target, __: str, ___: Observations) -> Score:
    return UNGRADED


def _counts(target: Target, _: str, observations: Observations) -> Score:
    found = observed(observations, "counts")
    if isinstance(found, Score):
        return found
    share = counts_in_reply(found.value, target["counts"])
    return Score.unclear("the number that the reply gives: name a judge") if share is None else _soft(share)


def _soft(share: Share) -> Score:
    return accuracy(share, headline="soft")


def _gives_number(_: Target, __: str, observations: Observations) -> bool:
    found = observations.get("counts")
    numbers = found.value.get("counts", {}) if found is not None and not found.missing else {}
    return any(number is not None for number in numbers.values())


def _says_words(target: Target, text: str, _: Observations) -> bool:
    return any(claims(text, word) for word in target["words"])


def _says_keyword(target: Target, text: str, _: Observations) -> bool:
    return claims(text, target["keyword"])


def _names_position(_: Target, text: str, __: Observations) -> bool:
    return names_relation(text) and not unknowing(text)


def _matches(_: Target, __: str, observations: Observations) -> bool:
    """Only the right answer: which words of a wrong one would be an answer, nobody can say."""
    return judged(observations, "matches") is True


def _never(_: Target, __: str, ___: Observations) -> bool:
    return False


def _words(target: Target, text: str, _: Observations) -> Score:
    return accuracy(says_as_expected(text, target["words"], target["expected"]))


def _keyword(target: Target, text: str, _: Observations) -> Score:
    return accuracy(says_keyword(text, target["keyword"]))


def _answer(_: Target, __: str, observations: Observations) -> Score:
    return matching_answer(observations)


def _position(target: Target, text: str, _: Observations) -> Score:
    answers = target.get("answers") or [target["answer"]]
    shares = [says_answer(text, answer) for answer in answers]
    best = Share(max(share.soft for share in shares), max(share.strict for share in shares))
    return accuracy(best)


_SCORES: Mapping[str, tuple[ReplyScore, Gradable]] = {
    "counts": (_counts, _gives_number),
    "words": (_words, _says_words),
    "keyword": (_keyword, _says_keyword),
    "answer": (_answer, _matches),
}
"""Key of the target -> the score, and whether a wrong reply names something that an answer would."""
