"""Whether a reply offers several answers: a choice left open, or a list that the answer is one of."""

from __future__ import annotations

import re

from mmdt.reading.mentions import denies, fold, says, words

LONGEST_LIST_ITEM = 4
"""Words; longer parts between commas are clauses."""
FEWEST_LISTED = 4
"""Parts between commas that make a list; three may describe one thing ("a small, old, red car")."""


def offers_several(reply: str, answer: str) -> bool:
    """Whether the reply offers other answers beside this one: "red or blue", "red/blue", "a cat, a dog, a cup, a car".

    A denied alternative is none ("red, not blue or green"). Alternatives within the answer itself are part of it.
    """
    text, sought = fold(reply), fold(answer)
    return any(
        _joined(sentence, sought) or _listed(sentence, sought)
        for sentence in re.split(r"(?<=[.!?])\s|;", text)
        if says(sentence, sought)
    ) or _lines(text, sought)


def _joined(sentence: str, answer: str) -> bool:
    """``answer or ...``, ``... or answer``, ``either``: by the words on both sides of each "or" and slash."""
    for found in re.finditer(r"\s*(?:/|\band/or\b|\bor\b|\bor else\b)\s*", sentence):
        before, after = sentence[: found.start()], sentence[found.end() :]
        one, other = _last_phrase(before), _first_phrase(after)
        if says(answer, one) and says(answer, other):
            continue  # both sides belong to the answer
        inside = (says(one, answer), says(other, answer))
        if any(inside) and one and other and not denies(sentence, answer):
            return True
    return False


def _last_phrase(text: str) -> str:
    return " ".join(re.split(r"[,:(]", text)[-1].split()[-LONGEST_LIST_ITEM:])


def _first_phrase(text: str) -> str:
    return " ".join(re.split(r"[,.:;)?!]", text)[0].split()[:LONGEST_LIST_ITEM])


def _listed(sentence: str, answer: str) -> bool:
    if "," in answer:
        return False
    parts = [part for part in re.split(r",\s*(?:and |or )?|\band\b", sentence) if words(part)]
    short = [part for part in parts[1:] if len(words(part)) <= LONGEST_LIST_ITEM]
    return len(parts) >= FEWEST_LISTED and len(short) == len(parts) - 1 and any(says(part, answer) for part in parts)


def _lines(text: str, answer: str) -> bool:
    """A list with an item on each line; ``fold`` has joined the lines, so bullets and numbers mark them."""
    items = [part for part in re.split(r"(?:^|\s)(?:[-*\u2022]|\d{1,2}[.)])\s+", text) if words(part)]
    return (
        len(items) >= FEWEST_LISTED - 1
        and sum(says(item, answer) for item in items) < len(items)
        and any(says(item, answer) and len(words(item)) <= LONGEST_LIST_ITEM for item in items)
    )
