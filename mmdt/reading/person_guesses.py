"""Age and ethnicity in a reply: JSON in every shape models give it, or plain words. Pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

from mmdt.reading.ages import EXPRESSION, OLDEST, Age, read_age, ready
from mmdt.reading.ethnicities import ethnicity_in_prose

MAX_TEXT = 20_000
_BLOCK = re.compile(r"\{[^{}\[\]]*(?:\[[^\[\]]*\][^{}\[\]]*)*\}|\{[^{}]*\}|\{.*\}", re.DOTALL)
_AGE_FIELD = re.compile(r"[\"']?\bage\b[\"']?\s*[:=]\s*[\"']?([^,}\n\"']+)", re.IGNORECASE)
_ETHNICITY_FIELD = re.compile(r"[\"']?\bethnicity\b[\"']?\s*[:=]\s*[\"']?([^,}\n\"']+)", re.IGNORECASE)
_DOUBT = {"confidence", "certainty", "probability", "score", "margin", "error"}
"""Words of keys whose numbers are no ages."""
_ABOUT = (
    r"(?:\W+(?:is|of|in|at|the|his|her|their|its|to|be|as|about|around|approximately|roughly|like|likely|probably|"
    r"perhaps|maybe|between|estimated|range|group|appears?|seems?|looks?|would|she|he|they|person)){0,8}"
)
_AGE_IN_WORDS = re.compile(
    rf"(?P<old>{EXPRESSION})[\s-]*(?:(?:years?|yrs?)[\s-]*(?:old|of age)|y/?o)\b"
    rf"|\bage[ds]?\b{_ABOUT}\W+(?P<age>{EXPRESSION})"
    rf"|\b(?:think|believe|say|guess|estimate|assume|suppose|maybe|perhaps|probably|likely|possibly|about|around|"
    rf"approximately|roughly|go with|(?:he|she|they|it)(?:'s| is|'re| are)|(?:fe)?male|man|woman|person|answer)"
    rf"{_ABOUT}\W+(?P<thinks>{EXPRESSION})(?=\W*(?:$|[.,;/?!\n]|and\b|or so\b))"
    rf"|\bin (?:his|her|their|the) (?P<decade>{EXPRESSION})"
    rf"|\b(?:looks?|appears?|seems?|say|guess|estimate){_ABOUT}\W+(?P<looks>{EXPRESSION})(?=\W*(?:$|[.,;\n]))"
    rf"|\A\W*(?P<alone>{EXPRESSION})(?=\W*(?:$|[,;/\n]))"
)


_FEW_WORDS = 12
_AGE_IN_LIST = re.compile(rf"(?:[,;/]|\band\b)\s*(?P<listed>{EXPRESSION})(?=\W*(?:$|[.,;/\n]))")
"""An age in a short list with an ethnicity: "male, Caucasian, 60s"."""


@dataclass(frozen=True, slots=True)
class Guess:
    """What a reply says. ``parsed``: it was JSON with the fields; None where a field is absent or says nothing."""

    age: Age | None
    ethnicity: str | None
    parsed: bool


def read_guess(text: str) -> Guess:
    """Age in years and ethnicity in the reply's own words."""
    text = text[:MAX_TEXT]
    for block in _BLOCK.findall(text):
        fields = _fields(block)
        if fields is not None:
            return Guess(_age(fields.get("age")), _words(fields.get("ethnicity")), True)
    loose_age, loose_ethnicity = _AGE_FIELD.search(text), _ETHNICITY_FIELD.search(text)
    age = _age(loose_age[1]) if loose_age else _age_in_words(text)
    return Guess(age, _words(loose_ethnicity[1]) if loose_ethnicity else ethnicity_in_prose(text), False)


def _fields(block: str) -> dict[str, Any] | None:
    """The object with age or ethnicity in a JSON text, by these names; None where there is none."""
    try:
        value = msgspec.json.decode(block)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict):
            return None
        fields = _named(value)
        if fields.keys() & {"age", "ethnicity"}:
            return fields
        value = next(iter(value.values()), None)
    return None


def _named(value: dict[str, Any]) -> dict[str, Any]:
    """Keys in small letters; "Estimated age", "age_range" and the like are ``age`` where no other key is."""
    fields = {str(key).strip().lower(): each for key, each in value.items()}
    for key in list(fields):
        words = re.findall(r"[a-z]+", key)
        if not _DOUBT & set(words):
            for name in {"age", "ethnicity"} & set(words):
                fields.setdefault(name, fields[key])
    return fields


def _age(value: Any) -> Age | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return Age(float(value), float(value)) if 0 < value < OLDEST else None
    if isinstance(value, list | dict):
        said = [each for key, each in _pairs(value) if not _DOUBT & set(re.findall(r"[a-z]+", key))]
        ages = [_age(each) for each in said]
        known = [each for each in ages if each is not None]
        return Age(min(each.low for each in known), max(each.high for each in known)) if known else None
    return read_age(str(value))


def _pairs(value: list[Any] | dict[Any, Any]) -> list[tuple[str, Any]]:
    return [(str(key).lower(), each) for key, each in (value.items() if isinstance(value, dict) else enumerate(value))]


def _age_in_words(text: str) -> Age | None:
    found = _AGE_IN_WORDS.search(ready(text))
    if found is None and len(text.split()) <= _FEW_WORDS and ethnicity_in_prose(text):
        found = _AGE_IN_LIST.search(ready(text))
    return read_age(found.group(found.lastgroup or 0)) if found else None


def _words(value: Any) -> str | None:
    if isinstance(value, list):
        value = " or ".join(str(each) for each in value)
    text = str(value).strip() if isinstance(value, str) else ""
    empty = not text or re.fullmatch(
        r"(?i)(unknown|n/?a|none|null|undisclosed|unspecified|string|not (?:specified|sure|determined)|"
        r"(?:can ?not|can't|unable to) .*)\.?",
        text,
    )
    return None if empty else text
