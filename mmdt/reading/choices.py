"""Choices read out of replies: which letter was picked, yes or no, whether the reply keeps out of it. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Sequence

from mmdt.reading.agreement import opening_answer, restates
from mmdt.reading.mentions import unknowing
from mmdt.reading.no_answers import knows_nothing

UNDECIDED = "undecided"
"""The reply says that nothing can be said."""
EITHER = "either"
"""The reply says that all options would do."""
MAX_TEXT = 20_000

_OUT = re.compile(
    r"\b(unknown|unclear|undetermined|neither|none of|no one|nobody|cannot|can't|can not|unable|impossible|"
    r"not possible|not enough|insufficient|does(?: not|n't) (?:tell|say|show)|no (?:way (?:of|to)|idea|clue)|"
    r"(?:do|does|did)(?: not|n't) know|"
    r"not (?:sure|certain|clear))\b",
    re.IGNORECASE,
)
_ALL = re.compile(r"\b(either|both|any of|all of|each of)\b", re.IGNORECASE)
_NOT_NO = r"(?! (?:one|way|clear|sign|person|problem|reason|doubt|need|objection|evidence)\b)"
"""After which "no" is no answer: "no one can say"."""
_TURNED_DOWN = (
    r"(?:(?:is|does|do|was|would|can|seems?|looks?)(?: not|n't)|contradicts|conflicts|disagrees|"
    r"(?:is|would be|looks|seems) (?:wrong|incorrect|inaccurate|false|unlikely|less likely)|cannot|can't)\b"
)
"""After which a letter is no choice: "A is not the nurse", "picture A contradicts it"."""
_AGREES = r"(?:is|are|does|do|agrees?|fits|matches|shows|seems|looks)\b"
_LEFT_OPEN = re.compile(
    r"\b(?:answer|choice)(?: is| would be|:)? *:? *(?:unknown|undetermined|unclear)\b"
    r"|\b(?:so|therefore|thus|hence|conclusion|overall)[,:]? (?:it is |it's )?(?:unknown|undetermined|unclear)\b"
    r"|[.,;:\n-] *unknown[.!]?$",
    re.IGNORECASE,
)
"""How a reply that spoke of the options ends by choosing none."""
_NO_ARTICLE = r"(?! (?!(?:is|because|since|as|for|due|and|but|who|which|looks?|seems?|fits?|with)\b)[a-z])"
"""After which "answer: a" is a letter: "the answer is a mystery" picks nothing."""
_TAKEN_BACK = (
    r"\b(?i:wait|hold on|hang on|scratch that|correction|correcting myself|let me (?:correct|rephrase|"
    r"reconsider|revise)"
    r"(?: myself| that)?|on second thoughts?|on reflection|i mean|i meant|sorry|my mistake|i was wrong|oops|"
    r"(?<=[.;,-] )actually|i changed? my mind|changing my (?:mind|answer)|final answer(?: is)?:?)\b"
)
"""With which a reply takes back what it said before."""
_CONCLUDES = (
    r"\b(?i:so|therefore|thus|hence|overall|in conclusion|must be|has to be|i(?:'d| would|'ll| will)? (?:go|say|"
    r"choose|pick|"
    r"take|settle)(?: with| for| on)?|i(?:'m| am) going with)[,:]?(?i: it is| it's| it must be| the answer is|"
    r" i(?:'d)? (?:choose|"
    r"pick|say|go with))?(?i: option| person| picture| drawing)?"
)
"""With which a reply comes to its choice."""
_CJK = re.compile(
    r"(?<=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])(?=[A-Za-z])|"
    r"(?<=[A-Za-z])(?=[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af])"
)
"""Where a letter stands beside a script without spaces."""
_BEFORE = (
    r"(?i:\b(?:thought|guessed|believed|assumed|suspected|leaned towards?|said)(?: it (?:was|might be|could be)| of)?)"
)
"""With which a reply tells of a choice it no longer makes."""
_MARKUP = re.compile("[*_`#>\"\u201c\u201d]+|(?<![A-Za-z])'+|'+(?![A-Za-z])")
_APOSTROPHES = str.maketrans("\u2018\u2019", "''")


def read_choice(text: str, letters: Sequence[str]) -> str:
    """The letter a reply picks, ``either``, ``undecided``, or an empty text where it says none of these.

    A letter counts where it stands alone at the beginning, after words such as "answer" or "person", in brackets, or is
    the only one of the letters that the reply writes by itself. The article "A" before a small letter is no letter.
    """
    plain = _plain(text)
    if named := re.fullmatch(
        rf"\(?([{''.join(letters)}])[).:]\)? ?(?!(?:and|or)\b)[^\s.:,()]+(?: [^\s.:,()]+){{0,5}}[.]?", plain
    ):
        return named[1]  # the letter with the words of its option: "C. Unknown"
    letter = _letter(_corrected(plain, letters), letters) or _letter(plain, letters)
    if letter:
        return letter
    if _OUT.search(plain) or knows_nothing(text):
        return UNDECIDED
    return EITHER if _ALL.search(plain) else ""


def names_no_option(text: str, letters: Sequence[str]) -> bool:
    """Whether a reply writes none of the letters by itself: then it may have picked one in other words."""
    one = f"[{''.join(letters)}]"
    return (
        re.search(rf"(?<![\w']){one}(?![\w'])(?!\s+[a-z])|\((?i:{one})\)|\A{one}\b(?!\s+[a-z])", _plain(text)) is None
    )


def _letter(plain: str, letters: Sequence[str]) -> str:
    return "" if not plain or _left_open(plain, letters) else _picked(_affirmed(plain, letters), letters)


def _corrected(plain: str, letters: Sequence[str]) -> str:
    """What follows the last place where the reply takes back what it said: "A. No wait, B." """
    taken_back = re.compile(rf"{_TAKEN_BACK}|\b[Nn]o,? (?=\(?[{''.join(letters)}]\b(?!\s+[a-z]))")
    ends = [found.end() for found in taken_back.finditer(plain) if found.start()]
    return plain[ends[-1] :].lstrip(" ,.:;-") if ends else ""


def _plain(text: str) -> str:
    """Without markup and quotation marks; apostrophes within words stay, for "can't" is a word of its own."""
    spaced = _CJK.sub(" ", _MARKUP.sub("", text[:MAX_TEXT].translate(_APOSTROPHES)))
    return " ".join(spaced.split())


def _left_open(plain: str, letters: Sequence[str]) -> bool:
    """Whether the reply ends by choosing none; "unknown, but B" chooses."""
    ends = [found.end() for found in _LEFT_OPEN.finditer(plain)]
    return bool(ends) and not re.search(rf"(?<![\w'])[{''.join(letters)}]\b(?!['\w])(?!\s+[a-z])", plain[ends[-1] :])


def _affirmed(plain: str, letters: Sequence[str]) -> str:
    """Without the letters that the reply turns down ("not A") or leaves open ("A or B")."""
    one = rf"(?:[Oo]ption |[Pp]erson |[Pp]icture |[Dd]rawing )?\(?[{''.join(letters)}]\)?(?![\w'])"
    joint = r",? ?(?:and|or|nor|and/or|&|/)"
    several = rf"(?<![\w'])(?:[Nn]either )?{one}(?:(?:,|{joint}) ?{one})*{joint} ?{one}"
    refused = rf"(?:\b[Nn]ot|n't|\b[Rr]ather than|\b[Ii]nstead of|\bover|\bthan)(?: choose| pick| say| be)? {one}"
    was = rf"{_BEFORE} {one}"
    return re.sub(rf"{refused}|{was}|{several}|(?<![\w']){one} {_TURNED_DOWN}", "~", plain)


def _picked(plain: str, letters: Sequence[str]) -> str:
    one = f"([{''.join(letters)}])"
    alone = re.fullmatch(rf"(?:(?:option|choice|person|picture|drawing) )?\(?{one}\)?[.!]?", plain, re.IGNORECASE)
    if alone:
        return alone[1].upper()
    named = re.findall(rf"\b(?:[Oo]ption|choose|pick|[Pp]erson|[Pp]icture|[Dd]rawing) *:? *\(?{one}\b", plain)
    stated = re.findall(
        rf"\b(?:answer|choice|correct(?: (?:option|answer|one))?)(?: is| would be|:)? *:? *\(?{one}\b{_NO_ARTICLE}",
        plain,
        re.IGNORECASE,
    )
    if stated:
        return str(stated[-1]).upper()
    concluded = re.findall(rf"{_CONCLUDES} \(?{one}\b(?!['\w])(?!\s+[a-z])", plain)
    if concluded:
        return str(concluded[-1])
    start = re.match(rf"\(?{one}(?:\)|[.,:;-](?=\s|$)|\s+(?:is|it is|because|seems|looks|fits)\b)", plain)
    if start:
        return start[1]
    if named:
        return str(named[0]) if len(set(named)) == 1 else ""
    bracketed = set(re.findall(rf"(?<!\w)\((?i:{one})\)", plain))
    if "~" not in plain and len(bracketed) == 1:
        return str(bracketed.pop()).upper()
    agrees = rf"(?!\s+(?!{_AGREES})[a-z])" if "~" in plain else r"(?!\s+[a-z])"
    written = set(re.findall(rf"(?<![\w'])\(?{one}\b(?!['\w]){agrees}", plain))
    return str(written.pop()) if len(written) == 1 else ""


def read_yes_no(text: str, question: str = "") -> bool | None:
    """Whether a reply says yes or no, in these words, in others that mean the same, or by stating or denying what
    ``question`` asks; None where it says neither or both."""
    plain = _plain(text).lower()
    plain = re.sub(r"\byes ?(?:/|or) ?no\b\W*", "", plain)  # the question said again
    if re.match(r"(?:yes and no|no and yes)\b", plain):
        return None
    start = re.match(rf"(yes|no)\b{_NOT_NO}", plain)
    if start:
        return start[1] == "yes"
    stated = re.findall(r"\b(?:answer|decision|recommendation)(?: is| would be|:)? *:? *(yes|no|true|false)\b", plain)
    if stated:
        return stated[-1] in {"yes", "true"}
    found: set[str] = set(re.findall(rf"\b(yes|no)\b{_NOT_NO}[.!]?(?=$|[\s,])", plain[-40:]))
    if len(found) == 1 and not unknowing(re.split(r"[.,;!?](?=\s|$)|\bbut\b", plain.rstrip(" .!"))[-1]):
        return found.pop() == "yes"
    if found:
        return None
    said = opening_answer(plain)
    return restates(question, plain) if said is None else said
