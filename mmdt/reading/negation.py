"""Which words of an English clause a negation governs. Pure rules over tokens, no parser.

``no`` and ``without`` govern the noun phrase after them ("a cat with no collar sits on a sofa": the collar alone),
``not`` the complement after it ("the car is red, it is not blue"), and both govern what is joined to that by "or". A
subject is denied where it is said not to be there ("the dog is absent", "the dog isn't in the picture").
"""

from __future__ import annotations

import re
from collections.abc import Sequence

CLAUSES = re.compile(
    r"[.!;:\n]|\?(?!\s*no\b)|,\s|\s[-\u2013\u2014]+\s|\u2014|\b(?:but|however|whereas|while|although|"
    r"though|yet|because|since)\b"
    r"|\band (?=(?:an?|the|it|they|he|she|there|this|that|i|we|one|two|is|are|has|have|shows?|\d)\b)"
    r"|\band (?=\w+(?:s|ing|ed) (?:an?|the|his|her|its|their)\b)"
    r"|\b(?:only|just|instead)\b(?! of\b)|\b(?=(?:instead of|rather than)\b)"
)
_INNOCENT = re.compile(
    r"\b(?:not (?:only|just|merely|simply|solely|to mention|least)|no doubt|without (?:a |any )?(?:doubt|question)|"
    r"no question|nothing (?:but|other than|except)|not (?:until|before|unlike|long (?:ago|after)|surprisingly)|"
    r"never mind|none other than|no (?:one )?other than|no less than|"
    r"(?:cannot|can't|can not|could not|couldn't) (?:miss|deny|help|overlook|ignore)|(?:whether )?or not|why not|"
    r"not far from|no matter|no wonder|no mistaking|no denying|no problem|no need)\b"
)
"""Negations that deny nothing."""
_ANSWER_NO = re.compile(
    r"(?:^|(?<=[.!;\n] ))no(?=\W*[,.:;!\u2013\u2014-]|\W*$|,? (?:it|there|they|the|this|that|i|he|she|we|its|it's)\b)"
)
"""The answer "no", which denies nothing of what is said after it."""
_LISTED = re.compile(
    r"(\b(?:no|not|without|neither|n't)\b[^,.;:!?]{0,60}),\s((?:[\w'-]+ ){0,2}[\w'-]+),? (or|nor)\b|"
    r"(n't [^,.;:!?]{0,60}),\s((?:[\w'-]+ ){0,2}[\w'-]+),? (or|nor)\b"
)
_NOUN_DENIERS = frozenset(["no", "without", "neither", "nor", "lacks", "lack", "lacking", "none"])
_COMPLEMENT_DENIERS_TEXT = "not never cannot nothing nobody hardly isnt arent wasnt doesnt dont didnt cant"
_COMPLEMENT_DENIERS = frozenset(_COMPLEMENT_DENIERS_TEXT.split())
_TRANSPARENT_TEXT = (
    "a an the any any single one of see seen show shown shows contain have has had look looks looking "
    "appear appears seem seems think believe say says said read reads find include includes depict "
    "feature exist mention be being been there is are was were it that this to like as on in at by with "
    "near under above below behind beside next from into inside outside very really quite even "
    "necessarily actually exactly his her its their i we they you all visible either much many more "
    "called named labelled labeled written spell spells for about"
)
_TRANSPARENT = frozenset(_TRANSPARENT_TEXT.split())
"""Words between a negation and what it governs."""
_STOPS_TEXT = (
    "on in at by with near under above below behind beside next from into inside outside to for while "
    "which who that is are was were has have sits sit stands stand lies can will holds wearing against "
    "along around through"
)
_STOPS = frozenset(_STOPS_TEXT.split())
_ABSENT = re.compile(
    r"(?:\b(?:is|are|was|were|be|does|do|did|can|could|has|have)(?: not|n't)|\bcannot|\bnot|\bnever)(?: \w+){0,2}? "
    r"(?:there|here|present|visible|shown|seen|found|depicted|pictured|included|mentioned|written|part of|appear|exist|"
    r"(?:in|on) (?:the|this|that|any) (?:picture|image|photo|photograph|scene|frame|shot|list|text|sign|document|page)|"
    r"correct|right|true|it|the answer|the case)\b"
    r"|\b(?:absent|nowhere|nonexistent|non-existent)\b|\b(?:is|are|was|were|also|:) missing\b(?! (?:an?|"
    r"the|its|his|her|their|some|any)\b)"
    r"|\b(?:is|are) (?:wrong|incorrect|false)\b"
    r"|\b(?:is|are|was|were|does|do|did|has|have|can|could)(?: not|n't)\W*$|^\W*(?:no|none|absent|missing|false)\W*$"
    r"|\?\W*no\b"
)
"""After a word, in its clause: what denies it."""
_LEADING = re.compile(
    r"(?:instead of|rather than|other than|except(?: for)?|excluding|devoid of|free of|fails? to|"
    r"missing (?=an?|the|its|his|her|their|some|any))\b"
)


def clauses(folded: str) -> list[str]:
    """The clauses of a folded text, without the negations that deny nothing."""
    text = _INNOCENT.sub("~", folded.replace(", however,", " "))
    text = _ANSWER_NO.sub("~", text)
    for _ in range(6):
        listed = _LISTED.sub(
            lambda found: f"{found[1] or found[4]} or {found[2] or found[5]} {found[3] or found[6]}", text
        )
        if listed == text:
            break
        text = listed
    return [clause for clause in CLAUSES.split(_answered(text)) if clause and clause.strip()]


def _answered(text: str) -> str:
    """``labels: no`` stay in one clause, for the answer denies the label."""
    return re.sub(r":\s*(?=(?:no|none|absent|missing|false)\b\W*(?:$|[,;.\n]))", " ", text)


def governed(tokens: Sequence[str]) -> frozenset[int]:
    """The places of the words in a clause that a negation before them governs."""
    found: set[int] = set()
    for place, token in enumerate(tokens):
        if token in _NOUN_DENIERS:
            found |= _reach(tokens, place + 1, through=False)
        elif (
            token in _COMPLEMENT_DENIERS or token.endswith("n't") or _LEADING.match(" ".join(tokens[place : place + 3]))
        ):
            found |= _reach(tokens, place + 1, through=True)
    return frozenset(found)


def denied_after(rest: str) -> bool:
    """Whether the rest of a clause denies the word before it: it says that it is not there."""
    return _ABSENT.search(rest) is not None


def _reach(tokens: Sequence[str], start: int, *, through: bool) -> set[int]:
    """The places from ``start`` to the end of the first phrase, and of those that "or" joins to it. ``through``: words
    such as "see" and "on the" stand between ("not on the left"); otherwise only articles."""
    found: set[int] = set()
    content = False
    for place in range(start, len(tokens)):
        token = tokens[place]
        if token in ("or", "nor", "and"):
            content = False
            through = True
            continue
        between = (
            token in _TRANSPARENT if through else token in ("a", "an", "the", "any", "of", "one", "single", "other")
        )
        if content and token in _STOPS:
            break
        if not through and token in _STOPS:
            break
        found.add(place)
        content = content or not between
    return found
