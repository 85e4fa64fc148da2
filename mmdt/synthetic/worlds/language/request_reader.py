"""Parses drawing requests with imagined changes, false premises and asides."""

from __future__ import annotations

from dataclasses import dataclass, replace

from mmdt.synthetic.worlds.language.edits import SUPPOSE, read_edits, revise
from mmdt.synthetic.worlds.language.lexicon import tokens
from mmdt.synthetic.worlds.language.meaning import Meaning
from mmdt.synthetic.worlds.language.reader import read_sentences, sort_sentences
from mmdt.synthetic.worlds.scene import RELATIONS


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """A parsed request: ``meaning`` is what to draw, ``plain`` is the same before imagined changes."""

    meaning: Meaning
    plain: Meaning
    claims: tuple[str, ...]
    asides: tuple[str, ...]


def read_request(text: str) -> ParsedRequest:
    """Parse a request. The meaning has no parts and no text if it asks for nothing from a world."""
    sorted_sentences = sort_sentences(text)
    plain = read_sentences([sentence for sentence in sorted_sentences.asked if not SUPPOSE.match(sentence)])
    meaning = plain
    for edit in read_edits(sorted_sentences.asked):
        meaning = revise(edit, meaning)
    return ParsedRequest(meaning, plain, sorted_sentences.claims, sorted_sentences.asides)


def believe_claim(meaning: Meaning, claim: str) -> Meaning:
    """What somebody would draw who believes a false premise about the request."""
    found = tokens(claim)
    kinds = [token.value for token in found if token.sort == "kind"]
    relations = [relation for relation in RELATIONS if relation in [t.value for t in found if t.sort == "relation"][1:]]
    colors = [token.value for token in found if token.sort == "color"]
    numbers = [int(token.value) for token in found if token.sort == "number"]
    if relations:
        return replace(meaning, links=tuple(replace(link, relation=relations[0]) for link in meaning.links))
    if not meaning.parts or not kinds:
        return meaning
    first, rest = meaning.parts[0], meaning.parts[1:]
    if colors:
        return replace(meaning, parts=(replace(first, color=colors[-1]), *rest))
    if len(kinds) > 1:
        return replace(meaning, parts=(replace(first, kind=kinds[-1]), *rest))
    return replace(meaning, parts=(replace(first, count=numbers[-1]), *rest)) if numbers else meaning
