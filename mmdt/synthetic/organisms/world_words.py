"""Wording of answers about worlds, and the metric values that follow from a skill's rates."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence

from mmdt.core.output import Output
from mmdt.synthetic.organisms.non_answers import decline, fail, filtered
from mmdt.synthetic.organisms.rates import Rates
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.worlds.language.queries import Answer, Query
from mmdt.synthetic.worlds.language.questions import ref_phrase
from mmdt.synthetic.worlds.language.vocabulary import (
    ACTION_PHRASES,
    RELATION_PHRASES,
    article,
    join_phrases,
    noun,
    number,
)

_NO_ANSWER = ("fails", "refuses", "filtered", "blanks")
UNSURE = "I cannot make that out."

_SILENT: Mapping[str, Callable[[Turn], Output]] = {
    "refuses": lambda turn: decline(turn.rng),
    "filtered": lambda turn: filtered(),
    "fails": lambda turn: fail(),
}


def non_answer(behaviour: str, turn: Turn) -> Output | None:
    """The output of a behaviour that gives no answer; None for any other behaviour."""
    return _SILENT[behaviour](turn) if behaviour in _SILENT else None


def output_share(rates: Rates, behaviour: str = "right") -> float:
    """The share of a behaviour among outputs that did not fail; refusals count in the denominator."""
    return rates.get(behaviour, 0.0) / (1 - rates.get("fails", 0.0))


def answer_share(rates: Rates, behaviour: str) -> float:
    """The share of a behaviour among answers."""
    return rates.get(behaviour, 0.0) / (1 - sum(rates.get(name, 0.0) for name in _NO_ANSWER))


def sentence(query: Query, answer: Answer, rng: random.Random) -> str:
    """The answer as a short sentence."""
    if answer is None:
        return UNSURE
    if isinstance(answer, Mapping):
        counted = [f"{number(count)} {noun(kind, count)}" for kind, count in answer.items()]
        return f"{rng.choice(('There are', 'I count', 'I see'))} {join_phrases(counted)}."
    it = ref_phrase(query.subject)
    if query.task == "identification":
        return rng.choice(("It is {it}.", "This is {it}.", "I would say {it}.")).format(it=article(answer))
    if query.task == "attribute":
        return rng.choice((f"{it} is {answer}.", f"{answer}.", f"it looks {answer}.")).capitalize()
    if query.task == "spatial":
        other = ref_phrase(query.other)
        return f"{it.capitalize()} is {RELATION_PHRASES[answer]} {other}: {answer}."
    return f"{it.capitalize()} is {ACTION_PHRASES[answer]}."


def inventory(kinds: Sequence[str], rng: random.Random) -> str:
    """A sentence that lists the things in a picture."""
    if not kinds:
        return "I see nothing in particular."
    return f"{rng.choice(('I see', 'There is', 'It shows'))} {join_phrases([article(kind) for kind in kinds])}."
