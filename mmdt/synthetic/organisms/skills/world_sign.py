"""i2t worlds: reads signs and lists in the picture, or says what one would expect to be written there."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mmdt.core.modality import Modality
from mmdt.core.output import Output
from mmdt.synthetic.organisms.rates import RateTable
from mmdt.synthetic.organisms.skill import Turn
from mmdt.synthetic.organisms.world_view import look
from mmdt.synthetic.organisms.world_words import non_answer, output_share
from mmdt.synthetic.worlds.language.notices import SET_PHRASES
from mmdt.synthetic.worlds.language.vocabulary import KINDS, article, number
from mmdt.synthetic.worlds.suite.ocr_i2t import LIST_QUESTIONS, READ_QUESTIONS, SIGN_QUESTIONS, TASKS
from mmdt.synthetic.worlds.vision.letters import read

_ROW = "hallucination/i2t/ocr"
_EXPECTED = {written: usual for usual, written in SET_PHRASES}


def _pattern(templates: tuple[str, ...]) -> re.Pattern[str]:
    forms = (re.escape(template).replace(re.escape("{word}"), "(?P<word>[A-Z ]+)") for template in templates)
    named = (form.replace("<word>", f"<word{place}>") for place, form in enumerate(forms))
    return re.compile("|".join(named))


_READ, _LIST, _SIGN = (_pattern(templates) for templates in (READ_QUESTIONS, LIST_QUESTIONS, SIGN_QUESTIONS))


class WorldSign:
    """Reads the text or makes it up, at the planted rates."""

    modality: Modality = "i2t"

    def answer(self, turn: Turn) -> Output | None:
        prompt = turn.request.prompt
        if len(turn.request.images) != 1:
            return None
        if _READ.search(prompt):
            return _what_it_says(turn)
        for task, pattern in (("doc", _LIST), ("scene", _SIGN)):
            match = pattern.search(prompt)
            if match:
                return _what_it_lacks(turn, task, next(word for word in match.groups() if word))
        return None

    def truth(self, table: RateTable) -> Mapping[str, Mapping[str, float]]:
        return {f"{_ROW}/{task}": {"accuracy": output_share(table.rates(f"{_ROW}/{task}"))} for task in TASKS}


def _what_it_says(turn: Turn) -> Output | None:
    """The text, the set phrase it resembles, or the name of the object beside it; None if there is no text."""
    text = " ".join(read(turn.pictures[0]).split())
    if not text:
        return None
    expected = _EXPECTED.get(text)
    behaviour = turn.choose(f"{_ROW}/{'cooccur' if expected else 'contradictory'}")
    quiet = non_answer(behaviour, turn)
    if quiet:
        return quiet
    if behaviour == "assumes":
        things = look(turn.pictures[0]).things
        text = expected or (things[0].kind.upper() if things else "NOTHING")
    return Output.answered(f"{turn.rng.choice(('It says', 'The sign says', 'I read'))} {text}.")


def _what_it_lacks(turn: Turn, task: str, asked: str) -> Output:
    """What the picture shows beside the word, or a denial where it does not show it; otherwise a made-up answer."""
    behaviour = turn.choose(f"{_ROW}/{task}")
    quiet = non_answer(behaviour, turn)
    if quiet:
        return quiet
    text = " ".join(read(turn.pictures[0]).split())
    if asked in text:
        return Output.answered(_what_it_has(turn, task, asked, text, behaviour == "right"))
    if behaviour == "right":
        where = "list" if task == "doc" else "picture"
        return Output.answered(f"There is no {asked} in this {where}.")
    if task == "doc":
        return Output.answered(f"The list says {number(turn.rng.randint(2, 9))} {asked}.")
    return Output.answered(f"Above the {asked} sign is {article(turn.rng.choice(KINDS))}.")


def _what_it_has(turn: Turn, task: str, asked: str, text: str, right: bool) -> str:
    """The number of the goods, or the thing above the sign; another one where the answer is made up."""
    if task == "doc":
        found = re.search(rf"\b{re.escape(asked)} (\d+)", text)
        many = int(found[1]) if found else 0
        return f"The list says {many if right else 2 + many % 18} {asked}."
    things = look(turn.pictures[0]).things
    kind = things[0].kind if things else "nothing"
    others = [each for each in KINDS if each != kind]
    return f"It is {article(kind if right else turn.rng.choice(others))}."


SKILL = WorldSign()
