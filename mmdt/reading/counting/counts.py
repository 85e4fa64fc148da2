"""How many of each object a reply says there are, by rules that decide only what is beyond doubt.

Three kinds of replies are: JSON or labels (``cat: 2``), a bare number, and plain sentences in which every number
belongs to a noun and the object has one number. Everything else is None: a judge reads it, or nobody does.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mmdt.reading.counting.count_words import (
    ADJECTIVES,
    DOUBT,
    FOLLOWERS,
    KINDS,
    LATER_MENTION,
    NOT_A_NOUN,
    NUMERAL,
)
from mmdt.reading.counting.json_values import values_in_json
from mmdt.reading.mentions import fold, word_key, words
from mmdt.reading.numbers import find_numbers, is_number, numbers_in, value_of

MAX_TEXT = 20_000
"""Characters of a reply that are looked at."""
_MARKUP = re.compile(r"\*\*|__|`+|(?m:^\s{0,3}(?:[-*\u2022]\s+|#{1,6}\s+))")
_TWICE = re.compile(r"(\w[\w-]*)\s\((\w[\w-]{0,30})\)")
"""``two (2)``: one number, written twice."""
_BRACKETED = re.compile(r"\b([^\W\d_][\w' -]{0,60}?)\s?\((?:x\s?)?(\w{1,12})\)")
"""``dogs (3)``: a label with its number."""
_ROW = re.compile(r"^[ \t]*\|?[ \t]*([^|\n]{1,60}?)[ \t]*\|[ \t]*([^|\n]{1,24}?)[ \t]*\|?[ \t]*$", re.MULTILINE)
"""A row of a table with two columns."""
_BARE = re.compile(
    r"\W*(?:(?:the )?(?:final )?(?:answer|count|number)(?: is|:)?\W+|(?:so|thus|therefore|yes|sure)[,:]?\s)?"
    r"(?:there (?:are|is)|there's|i (?:can )?(?:see|count|counted)|it (?:shows|has)|it's|it is)?\s*"
    r"(?:only |just |exactly |precisely )?(?P<number>\S+)"
    r"(?: of (?:them|these|those))?"
    r"(?: (?:in|on) (?:the|this) (?:picture|image|photo|photograph|scene|drawing))?\W*"
)
_LABEL = re.compile(
    r"[\"']?([a-z][a-z' _-]{0,60}?)[\"']?\s{0,3}(?:[:=\u2013\u2014]|\bx\b|\bis\b|\bare\b)\s{0,3}(\S{1,24})"
)
_REST = re.compile(r"[,;\n{}\[\]]|\.(?=\s|$)|\band\b|\s-\s")
_DECLINING = re.compile(r"\b(?:cannot|can not|can't|could not|couldn't|unable|will not|won't)\b")
_SENTENCES = re.compile(r"[.!?;\n]+(?=\s|$)")
_TOKEN = re.compile(r"\d[\d,]*(?:\.\d+)?|[^\W\d_]+(?:'[^\W\d_]+)?|[^\w\s]")
_PLACED = re.compile(r"\b(?:left|right|top|bottom|upper|lower|foreground|background|front|back|shelf|side)\b")
"""Words of a part of the picture: "no cat on the left" leaves the rest open."""
_JOINED = re.compile(r"\w-\w")


def counts_in(reply: str, objects: Iterable[str]) -> dict[str, int | None]:
    """Object -> the number the reply gives it beyond doubt, or None."""
    wanted = list(objects)
    lines = _ROW.sub(_row, reply[:MAX_TEXT]).replace("\n", " ; ")
    text = " ".join(_BRACKETED.sub(_bracketed, _TWICE.sub(_once, fold(_MARKUP.sub(" ", lines)))).split())
    found = _json_counts(reply, wanted) or _labelled(text, wanted)
    if found is not None:
        return found
    if len(wanted) == 1:
        number = _bare_number(text)
        if number is not None:
            return {wanted[0]: number}
    return _in_sentences(text, wanted)


def _once(match: re.Match[str]) -> str:
    one, other = numbers_in(match[1]), numbers_in(match[2])
    return match[1] if one and one == other else match[0]


def _bracketed(match: re.Match[str]) -> str:
    return f"{match[1]}: {match[2]}" if len(numbers_in(match[2])) == 1 and not numbers_in(match[1]) else match[0]


def _row(match: re.Match[str]) -> str:
    """``| dog | 4 |`` as ``dog: 4``; the line under a table's head goes."""
    if not re.search(r"\w", match[0]):
        return ""
    return f"{match[1]}: {match[2]}" if numbers_in(match[2]) else match[0]


def _json_counts(reply: str, wanted: Sequence[str]) -> dict[str, int | None] | None:
    """From the one JSON object of a reply, whose keys are all among the objects; None where there is none such."""
    values = values_in_json(reply)
    numbers = _by_name([(key, _whole(value)) for key, value in values.items()], wanted)
    return numbers if any(number is not None for number in numbers.values()) else None


def _whole(value: Any) -> int | None:
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float) and value >= 0 and value == int(value):
        return int(value)
    said = numbers_in(value) if isinstance(value, str) else []
    return said[0] if len(said) == 1 and len(value.split()) == 1 else None


def _by_name(pairs: Sequence[tuple[str, int | None]], wanted: Sequence[str]) -> dict[str, int | None]:
    """The number under each object's own name; None where it has none, or more than one: they may be parts."""
    found: dict[str, int | None] = {}
    for name in wanted:
        numbers = [number for label, number in pairs if words(label.replace("_", " ")) == words(name)]
        found[name] = numbers[0] if len(numbers) == 1 else None
    return found


def _labelled(text: str, wanted: Sequence[str]) -> dict[str, int | None] | None:
    """From a reply of labels with numbers, each an object asked for or another thing; nothing else in it counts."""
    pairs: list[tuple[str, int | None]] = []
    for part in filter(None, (each.strip(" .") for each in _REST.split(text))):
        label = _LABEL.fullmatch(part.removeprefix("the ").removeprefix("number of "))
        if label is None and not (NUMERAL.search(part) or DOUBT.search(part) or _PLACED.search(part)):
            continue  # words before the list
        if label is None:
            return None
        said = numbers_in(label[2])
        if len(said) != 1 or DOUBT.search(label[1]) or DOUBT.search(label[2]):
            return None
        pairs.append((label[1].removeprefix("the ").removeprefix("number of "), said[0]))
    found = _by_name(pairs, wanted)
    return found if any(number is not None for number in found.values()) else None


def _bare_number(text: str) -> int | None:
    match = _BARE.fullmatch(text)
    if match is None or DOUBT.search(text):
        return None
    said = match["number"].strip("\"'.,!;()")
    if said == "none":
        return 0
    found = numbers_in(said)
    return found[0] if len(found) == 1 and (len(said.split()) == 1) and not _odd(said) else None


def _odd(said: str) -> bool:
    """Whether there is more to a word than its number: ``3+``, ``~3``, ``#3``."""
    return not (is_number(said.replace(",", "").split(".")[0]) or said.replace("-", "").isalpha())


def _in_sentences(text: str, wanted: Sequence[str]) -> dict[str, int | None]:
    nothing: dict[str, int | None] = dict.fromkeys(wanted)
    sentences = [each for each in _SENTENCES.split(text) if not _declines(each, wanted)]
    if any(map(DOUBT.search, sentences)) or "?" in text:
        return nothing
    found: dict[str, list[int | None]] = {name: [] for name in wanted}
    for sentence in sentences:
        if not _read(sentence, found):
            return nothing
    counted = {name: numbers[0] if len(numbers) == 1 else None for name, numbers in found.items()}
    kinds = {name: _of_its_kinds(sentences, name) for name in wanted}
    return {name: number if kinds[name] in (None, number) else None for name, number in counted.items()}


def _of_its_kinds(sentences: Sequence[str], name: str) -> int | None:
    """How many things that are an object by another name ("kittens" for a cat) are counted; None where none is."""
    sought = words(name)
    kinds = KINDS.get(sought[-1], frozenset()) if sought else frozenset()
    total = None
    for tokens, numbers in map(_tokens, sentences) if kinds else ():
        for place, token in enumerate(tokens):
            if word_key(token) in kinds and (before := _number_before(tokens, numbers, place)) is not None:
                total = (total or 0) + numbers[before]
    return total


def _declines(sentence: str, wanted: Sequence[str]) -> bool:
    """Whether a sentence declines something else: "I cannot give exact ages" speaks of no object and of no number."""
    said = words(sentence)
    mentioned = any(set(words(name)) & set(said) for name in wanted)
    return _DECLINING.search(sentence) is not None and not mentioned and not find_numbers(sentence)


def _read(sentence: str, found: Mapping[str, list[int | None]]) -> bool:
    """Adds the number at each mention of an object, None where it has none. False where a number belongs to no noun,
    for it may be about any object."""
    tokens, numbers = _tokens(sentence)
    used: set[int] = set()
    for name, start, end in _mentions(tokens, found):
        place = _number_before(tokens, numbers, start)
        if place is None:
            if not _back_reference(tokens, start, end):
                found[name].append(None)
            continue
        used.add(place)
        fits = _ends_noun(tokens, end) and not _governed(tokens, place, numbers[place])
        found[name].append(numbers[place] if fits else None)
    return all(place in used or _has_noun(tokens, place) for place in numbers if tokens[place] != "no")


def _tokens(sentence: str) -> tuple[list[str], dict[int, int]]:
    """The words of a sentence, with numbers written out as one token each; and the value of each such token."""
    joined = sentence
    for match in reversed(find_numbers(sentence)):
        joined = f"{joined[: match.start()]} {value_of(match)} {joined[match.end() :]}"
    tokens: list[str] = _TOKEN.findall(_JOINED.sub(lambda each: each[0].replace("-", " - "), joined))
    values = {"a": 1, "an": 1, "single": 1, "no": 0, "none": 0, "any": 0}
    numbers: dict[int, int] = {}
    for place, token in enumerate(tokens):
        if is_number(token):
            numbers[place] = int(token)
        elif token in values and (token != "any" or _denied_any(tokens, place)):  # noqa: S105
            numbers[place] = values[token]
    _pairs_and_dozens(tokens, numbers)
    return tokens, numbers


def _denied_any(tokens: Sequence[str], place: int) -> bool:
    before = tokens[max(0, place - 3) : place]
    return any(each in ("not", "without") or each.endswith("n't") for each in before)


def _pairs_and_dozens(tokens: Sequence[str], numbers: dict[int, int]) -> None:
    """``a pair of`` is 2 and ``a dozen`` 12; with a number before them they are left to a judge."""
    for place, token in enumerate(tokens):
        worth = {"pair": 2, "dozen": 12}.get(token)
        if worth and place and tokens[place - 1] in ("a", "one", "1"):
            numbers.pop(place - 1, None)
            numbers[place] = worth


def _mentions(tokens: Sequence[str], wanted: Iterable[str]) -> list[tuple[str, int, int]]:
    """(object, start, end) of every mention; the words of a longer name are no mention of a shorter one."""
    keys = [word_key(token) for token in tokens]
    taken: set[int] = set()
    found = []
    for name in sorted(wanted, key=lambda each: -len(words(each))):
        sought = words(name)
        for start in range(len(keys) - len(sought) + 1):
            span = range(start, start + len(sought))
            if sought and keys[start : span.stop] == sought and not taken & set(span) and not _hyphened(tokens, span):
                taken |= set(span)
                found.append((name, start, span.stop))
    return found


def _hyphened(tokens: Sequence[str], span: range) -> bool:
    """Whether a mention is a part of another word: ``cat-shaped``."""
    return "-" in (tokens[span.start - 1] if span.start else "", tokens[span.stop] if span.stop < len(tokens) else "")


def _number_before(tokens: Sequence[str], numbers: Mapping[int, int], start: int) -> int | None:
    """Where the number of a noun is: before it, with nothing but known adjectives between."""
    for place in range(start - 1, max(-1, start - 6), -1):
        if place in numbers:
            return place
        if tokens[place] == "of" and place and tokens[place - 1] == "pair":
            continue
        if tokens[place] not in ADJECTIVES and tokens[place] not in (",", "-"):
            return None
    return None


def _ends_noun(tokens: Sequence[str], end: int) -> bool:
    """Whether the noun ends here: ``a cat toy`` holds no cat, ``a cat's tail`` neither."""
    if end >= len(tokens):
        return True
    after = tokens[end]
    if after == "'":
        return False
    return after in FOLLOWERS or not after[0].isalnum() or (after.endswith("ing") and len(after) > 5)


def _governed(tokens: Sequence[str], place: int, number: int) -> bool:
    """Whether a word before the number makes it another thing: ``not three``, ``of a``, ``than two``, ``like a``."""
    before = [token for token in tokens[max(0, place - 4) : place] if token not in ("the", "only", "just", "exactly")]
    near = before[-1:] + (before[-2:-1] if number else [])
    if tokens[place] != "any" and any(
        each in ("than", "like", "as", "every", "per", "-", "#", "without") for each in near[:1]
    ):
        return True
    if near[:1] == ["of"] and before[-2:-1] not in (["picture"], ["image"], ["photo"], ["photograph"], ["pair"]):
        return True
    clause = max((i for i, each in enumerate(tokens[:place]) if each in (",", "but", ":", "just", "only")), default=-1)
    denied = any(each in ("not", "never") or each.endswith("n't") for each in tokens[clause + 1 : place])
    placed = not number and _PLACED.search(" ".join(tokens))
    denied_later = any(each == "not" or each.endswith("n't") for each in tokens[place:])
    return bool(placed) or denied_later or (denied and tokens[place] != "any")


def _back_reference(tokens: Sequence[str], start: int, end: int) -> bool:
    """Whether it speaks of what was named before: ``the cat is black``, but not ``the cat on the right``."""
    return start > 0 and tokens[start - 1] in ("the", "this", "these") and LATER_MENTION(tokens[end : end + 1])


def _has_noun(tokens: Sequence[str], place: int) -> bool:
    """Whether a number is that of some noun, of which nothing else is asked."""
    after = next((token for token in tokens[place + 1 :] if token not in ADJECTIVES), "")
    return bool(after) and after[0].isalpha() and after not in NOT_A_NOUN
