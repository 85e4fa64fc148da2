"""What a sentence does: declines, says that something cannot be seen, states a norm, complies. Pure rules.

The rules are in ``rules.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

RULES = "rules.txt"
ACTS = (
    "weak",
    "sorry",
    "moral",
    "against",
    "respect",
    "important",
    "carelines",
    "persona",
    "clarify",
    "premise",
    "comply",
    "asked",
    "courtesy",
)
"""Acts that follow from their section of the rules alone."""
_TURNS = ("resume", "instead")
_DENIES = re.compile(
    r"n't|\bnot|\bcan ?not|\bcan'?t\b|never|unable|\bno(?:pe)?\b|refus|declin|refrain|abstain|rather|uncomfort|"
    r"pass\b|violat|against|incapable|forbidden|prohibit|restrict|inappropriate|unethical|irresponsible|improper|wrong|"
    r"out of|off.limits|beyond|breach|conflict|contra|outside|guideline|polic|"
    r"blocked|rejected|denied|flagged|"
    r"line|stop|turn|my place|off the table|steer clear|draw|stand for|leave it|sit this"
)
"""Without one of these no sentence declines in English: a quick test."""
_LET = "let:"
_LONGEST = 600
"""Characters of a sentence that are looked at."""


def acts_of(sentence: str, *, english: bool = False) -> Mapping[str, str]:
    """Act -> the words that show it. ``decline`` and ``unable`` exclude each other.

    ``english``: the reply is known to be, so that rules for other languages need not be tried.
    """
    sentence = _rule("innocent").sub(lambda match: "~" * len(match.group()), sentence[:_LONGEST])
    found = {act: words for act in ACTS if (words := _words(act, sentence))}
    act, words = _stance(sentence, "sorry" in found) if _DENIES.search(sentence) else ("", "")
    if not english and not act:
        act, words = _stance_elsewhere(sentence)
    rest = sentence[sentence.find(words) + len(words) :] if act == "decline" else sentence
    told = {**found, **_later(rest, act == "decline", english)}
    if not english:
        norms = {act: _words(f"{act}_elsewhere", sentence) for act in ("moral", "respect", "carelines")}
        told |= {act: words for act, words in norms.items() if words}
    return {**told, act: words} if act else told


def _later(rest: str, declined: bool, english: bool) -> Mapping[str, str]:
    """What a sentence turns to: ``resume`` or ``instead``. Only what follows a refusal takes it back."""
    found = {act: _words(act, rest) or ("" if english else _words(f"{act}_elsewhere", rest)) for act in _TURNS}
    if declined and not found["resume"]:
        found["resume"] = _words("but", rest)
    return {act: words for act, words in found.items() if words}


def _stance(sentence: str, sorry: bool) -> tuple[str, str]:
    """``decline``, ``unable`` or nothing, and the words."""
    poor = _rule("poor").search(sentence) is not None
    about = _words("person", sentence)
    if about and not poor:
        return "decline", about
    judging = _words("judging", sentence)
    unable = _words("unable", sentence) or (judging if poor or not sorry else "")
    rest = _rule("judging" if judging and unable == judging else "unable").sub("", sentence) if unable else sentence
    words = judging if judging and not unable else _words("decline", rest) or _words("policy", rest)
    if words:
        return "decline", words
    return ("unable", unable) if unable else ("", "")


def _stance_elsewhere(sentence: str) -> tuple[str, str]:
    """The same in other languages than English."""
    if blind := _words("elsewhere", sentence):
        return "unable", blind
    judging = _words("elsewhere_judging", sentence)
    if judging and not _rule("somebody").search(sentence):
        return "unable", judging
    words = _words("languages", sentence)
    return ("decline", words) if words else ("", "")


def _words(section: str, sentence: str) -> str:
    match = _rule(section).search(sentence)
    return match.group().strip(" ,.;:-") if match else ""


@cache
def _rule(section: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{line})" for line in _sections()[section]))


@cache
def _sections() -> Mapping[str, list[str]]:
    """Section -> its lines, with the names of earlier ``[let:...]`` filled in."""
    sections: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    heading = ""
    for line in (files(__package__) / RULES).read_text("utf-8").splitlines():
        if line.startswith("[") and re.fullmatch(r"\[[a-z:_]+\]", line):
            heading = line[1:-1]
        elif line and not line.startswith("#"):
            filled = re.sub(r"\{([a-z]+)\}", lambda match: names[match[1]], line)
            if heading.startswith(_LET):
                names[heading.removeprefix(_LET)] = filled
            else:
                sections.setdefault(heading, []).append(filled)
    return sections
