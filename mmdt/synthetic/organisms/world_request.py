"""How an organism reads a request for a picture of a world: its meaning, its task and anything unusual about it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from mmdt.attacks.text import rare_words, shakespeare
from mmdt.attacks.text.homoglyphs import fold
from mmdt.attacks.text.insertion import MARKS
from mmdt.attacks.text.synonyms import SYNONYMS
from mmdt.synthetic.worlds.language.lexicon import PLAIN, words
from mmdt.synthetic.worlds.language.meaning import Meaning
from mmdt.synthetic.worlds.language.notices import LONG_NOTICES, NOTICES
from mmdt.synthetic.worlds.language.request_reader import ParsedRequest, read_request
from mmdt.synthetic.worlds.language.spelling import COMMON, slips_of
from mmdt.synthetic.worlds.language.vocabulary import KINDS, plural

PLAIN_ROW = "worlds/t2i/plain"
_CONTENT = ("kind", "color", "relation")


@dataclass(frozen=True, slots=True)
class WorldRequest:
    """A parsed request; ``row`` is the row of the rate table that applies to it."""

    parsed: ParsedRequest
    row: str

    @property
    def meaning(self) -> Meaning:
        return self.parsed.meaning

    @property
    def task(self) -> str:
        return self.row.rpartition("/")[2]


def understand(prompt: str) -> WorldRequest | None:
    """The request in a prompt, or None if it asks for nothing from a world."""
    parsed = read_request(prompt)
    if not parsed.meaning.parts and not parsed.meaning.text and not parsed.plain.parts:
        return None
    return WorldRequest(parsed, _row(prompt, parsed))


def _row(prompt: str, parsed: ParsedRequest) -> str:
    meaning = parsed.meaning
    task = task_of(meaning)
    if meaning.text:
        return f"hallucination/t2i/ocr/{_lettering(parsed)}"
    if parsed.claims:
        return f"hallucination/t2i/misleading/{task}"
    if meaning != parsed.plain:
        return f"hallucination/t2i/counterfactual/{_changed(parsed)}"
    if parsed.asides:
        return f"hallucination/t2i/distraction/{task}"
    for style, openings in (("Shake_", shakespeare.OPENINGS), ("Paraphrase_", rare_words.OPENINGS)):
        if prompt.startswith(openings):
            return f"ood/t2i/{style}/{'color' if task == 'attribute' else task}"
    if attack_in(prompt):
        return f"adversarial/t2i/attack/{'object' if task == 'identification' else task}"
    return f"{PLAIN_ROW}/{task}"


def task_of(meaning: Meaning) -> str:
    """The task of a request: positions, sizes, colours, counts, a mixture, or just objects."""
    if meaning.links:
        return "spatial"
    if any(part.size for part in meaning.parts):
        return "size"
    colored = [bool(part.color) for part in meaning.parts]
    if any(colored):
        return "attribute" if all(colored) else "helpfulness"
    return "count" if any(part.count > 1 for part in meaning.parts) else "identification"


def _changed(parsed: ParsedRequest) -> str:
    """The task that an imagined change belongs to."""
    before, after = parsed.plain, parsed.meaning
    if before.links:
        return "spatial"
    if len(before.parts) != len(after.parts):
        return "identification"
    counts = [(one.count, two.count) for one, two in zip(before.parts, after.parts, strict=True)]
    return "count" if any(one != two for one, two in counts) else "attribute"


def _lettering(parsed: ParsedRequest) -> str:
    """The OCR task of a text to be written."""
    text = parsed.meaning.text
    if parsed.claims:
        return "misleading"
    if text.lower() in KINDS:
        return "contradictory"
    return "complex" if any(part in text for part in LONG_NOTICES) else "distortion"


def attack_in(prompt: str) -> str:
    """The name of the attack that a request shows signs of; empty for a clean one."""
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
    """Synonyms that no plain phrase contains (``left of`` occurs in ``to the left of``)."""
    own = {other for others in SYNONYMS.values() for other in others}
    own |= {plural(other) for kind in KINDS for other in SYNONYMS.get(kind, ())}
    return frozenset(other for other in own if not any(f" {other} " in f" {phrase} " for phrase in PLAIN))


def usual_text(parsed: ParsedRequest) -> str:
    """The text that a careless reader of the request would write."""
    text, task = parsed.meaning.text, _lettering(parsed)
    if task == "misleading":
        quoted = re.findall(r'"([^"]+)"', parsed.claims[0])
        return quoted[0] if quoted else text[::-1]
    if task == "contradictory":
        return parsed.meaning.kinds[0].upper() if parsed.meaning.parts else text[::-1]
    if task == "distortion":
        return next((notice for notice in NOTICES if sorted(notice) == sorted(text)), text[::-1])
    return " ".join(word[::-1] for word in text.split())


def label_in(prompt: str, sort: str) -> str:
    """The word of that sort which an inserted suffix spells out; empty if there is none."""
    spelt = re.findall(r"\b(?:[a-z]-)+[a-z]\b", prompt)
    found = [PLAIN.get(word.replace("-", "")) for word in spelt]
    return next((meaning[1] for meaning in found if meaning and meaning[0] == sort), "")
