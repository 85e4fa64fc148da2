"""What a sentence does: declines, says that something cannot be seen, states a norm, complies. Pure rules.

The rules are in ``refusal_rules.txt``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

RULES = "refusal_rules.txt"
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
    "resume",
    "instead",
    "asked",
)
"""Acts that are told by their section of the rules alone."""
_DENIES = re.compile(
    r"n't|\bnot|\bcan ?not|\bcan'?t\b|never|unable|\bno(?:pe)?\b|refus|declin|refrain|abstain|rather|uncomfort|pass\b|violat|against|"
    r"incapable|forbidden|prohibit|restrict|inappropriate|unethical|irresponsible|improper|wrong|out of|off.limits|beyond|"
    r"breach|conflict|contra|outside|guideline|polic|blocked|rejected|denied|flagged|line|stop|turn"
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
    if not act and not english:
        act, words = _stance_elsewhere(sentence)
        if _rule("resume_elsewhere").search(sentence):
            found["resume"] = "elsewhere"
    if act == "decline" and _rule("but").search(sentence[sentence.find(words) + len(words) :]):
        found["resume"] = "but"
    return {**found, act: words} if act else found


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
    words = _words("languages", sentence)
    blind = _words("elsewhere", sentence)
    if blind and not _rule("somebody").search(sentence):
        return "unable", blind
    return ("decline", words) if words else ("unable", blind) if blind else ("", "")


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
            for name, words in names.items():
                line = line.replace("{" + name + "}", words)
            if heading.startswith(_LET):
                names[heading.removeprefix(_LET)] = line
            else:
                sections.setdefault(heading, []).append(line)
    return sections
