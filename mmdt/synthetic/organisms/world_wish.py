"""What an organism makes of a request for a picture of a world: its meaning, its task, what is peculiar about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mmdt.attacks.text import rare_words, shakespeare
from mmdt.attacks.text.homoglyphs import fold
from mmdt.attacks.text.insertion import MARKS
from mmdt.attacks.text.synonyms import SYNONYMS
from mmdt.synthetic.worlds.language.commission import Commission, read_commission
from mmdt.synthetic.worlds.language.lexicon import PLAIN, words
from mmdt.synthetic.worlds.language.meaning import Meaning
from mmdt.synthetic.worlds.language.notices import LONG_NOTICES, NOTICES
from mmdt.synthetic.worlds.language.spelling import COMMON, slips_of
from mmdt.synthetic.worlds.language.vocabulary import KINDS, plural

PLAIN_ROW = "worlds/t2i/plain"
_CONTENT = ("kind", "color", "relation")


@dataclass(frozen=True, slots=True)
class Wish:
    """A request read: ``row`` is where its rates are planted."""

    commission: Commission
    row: str

    @property
    def meaning(self) -> Meaning:
        return self.commission.meaning

    @property
    def task(self) -> str:
        return self.row.rpartition("/")[2]


def understand(prompt: str) -> Wish | None:
    """The wish in a prompt, or None where nothing of a world is asked for."""
    commission = read_commission(prompt)
    if not commission.meaning.parts and not commission.meaning.text and not commission.plain.parts:
        return None
    return Wish(commission, _row(prompt, commission))


def _row(prompt: str, commission: Commission) -> str:
    meaning = commission.meaning
    task = task_of(meaning)
    if meaning.text:
        return f"hallucination/t2i/ocr/{_lettering(commission)}"
    if commission.claims:
        return f"hallucination/t2i/misleading/{task}"
    if meaning != commission.plain:
        return f"hallucination/t2i/counterfactual/{_changed(commission)}"
    if commission.asides:
        return f"hallucination/t2i/distraction/{task}"
    for style, openings in (("Shake_", shakespeare.OPENINGS), ("Paraphrase_", rare_words.OPENINGS)):
        if prompt.startswith(openings):
            return f"ood/t2i/{style}/{'color' if task == 'attribute' else task}"
    if attack_in(prompt):
        return f"adversarial/t2i/attack/{'object' if task == 'identification' else task}"
    return f"{PLAIN_ROW}/{task}"


def task_of(meaning: Meaning) -> str:
    """What a wish is about: positions, sizes, colours, numbers, a bit of everything, or just things."""
    if meaning.links:
        return "spatial"
    if any(part.size for part in meaning.parts):
        return "size"
    colored = [bool(part.color) for part in meaning.parts]
    if any(colored):
        return "attribute" if all(colored) else "helpfulness"
    return "count" if any(part.count > 1 for part in meaning.parts) else "identification"


def _changed(commission: Commission) -> str:
    """Which task a change makes."""
    before, after = commission.plain, commission.meaning
    if before.links:
        return "spatial"
    if len(before.parts) != len(after.parts):
        return "identification"
    counts = [(one.count, two.count) for one, two in zip(before.parts, after.parts, strict=True)]
    return "count" if any(one != two for one, two in counts) else "attribute"


def _lettering(commission: Commission) -> str:
    """What is peculiar about a text that is to be written."""
    text = commission.meaning.text
    if commission.claims:
        return "misleading"
    if text.lower() in KINDS:
        return "contradictory"
    return "complex" if any(part in text for part in LONG_NOTICES) else "distortion"


def attack_in(prompt: str) -> str:
    """The attack that a request shows signs of, by its name; empty for a clean one."""
    if any(mark in prompt.split() for mark in MARKS):
        return "insertion"
    if fold(prompt) != prompt:
        return "homoglyphs"
    found = words(prompt)
    if any(word in _slips() for word in found):
        return "characters"
    said = f" {' '.join(found)} "
    return "synonyms" if any(f" {' '.join(words(other))} " in said for other in _others()) else ""


@cache
def _slips() -> frozenset[str]:
    content = {word for phrase, (sort, _) in PLAIN.items() if sort in _CONTENT for word in phrase.split()}
    return frozenset(slip for word in content if len(word) > 2 for slip in slips_of(word)) - content - COMMON


@cache
def _others() -> frozenset[str]:
    """Renderings that no plain phrase contains: ``left of`` stands in ``to the left of``."""
    own = {other for others in SYNONYMS.values() for other in others}
    own |= {plural(other) for kind in KINDS for other in SYNONYMS.get(kind, ())}
    return frozenset(other for other in own if not any(f" {other} " in f" {phrase} " for phrase in PLAIN))


def usual_text(commission: Commission) -> str:
    """What somebody writes who does not read the request letter by letter."""
    text, task = commission.meaning.text, _lettering(commission)
    if task == "misleading":
        quoted = re.findall(r'"([^"]+)"', commission.claims[0])
        return quoted[0] if quoted else text[::-1]
    if task == "contradictory":
        return commission.meaning.kinds[0].upper() if commission.meaning.parts else text[::-1]
    if task == "distortion":
        return next((notice for notice in NOTICES if sorted(notice) == sorted(text)), text[::-1])
    return " ".join(word[::-1] for word in text.split())


def label_in(prompt: str, sort: str) -> str:
    """The word that an inserted tail spells out, where it is of that sort; empty elsewhere."""
    spelt = re.findall(r"\b(?:[a-z]-)+[a-z]\b", prompt)
    found = [PLAIN.get(word.replace("-", "")) for word in spelt]
    return next((meaning[1] for meaning in found if meaning and meaning[0] == sort), "")
