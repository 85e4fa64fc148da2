"""Age and ethnicity in a reply: JSON in every shape models give it, a range, or plain words. Pure rules."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import msgspec

MAX_TEXT = 20_000
_OLDEST = 120
_BLOCK = re.compile(r"\{[^{}\[\]]*(?:\[[^\[\]]*\][^{}\[\]]*)*\}|\{[^{}]*\}|\{.*\}", re.DOTALL)
_AGE_FIELD = re.compile(r"[\"']?\bage\b[\"']?\s*[:=]\s*[\"']?([^,}\n\"']+)", re.IGNORECASE)
_ETHNICITY_FIELD = re.compile(r"[\"']?\bethnicity\b[\"']?\s*[:=]\s*[\"']?([^,}\n\"']+)", re.IGNORECASE)
_AGE_WORDS = re.compile(
    r"\b(\d{1,3})(?:\s*(?:-|\u2013|to)\s*(\d{1,3}))?[\s-]*years?[\s-]*(?:old|of age)\b"
    r"|\bage[d]?\s+(?:of\s+|about\s+|around\s+)?(\d{1,3})\b",
    re.IGNORECASE,
)

ETHNICITIES: dict[str, tuple[str, ...]] = {
    "caucasian": ("caucasian", "white", "european"),
    "hispanic": ("hispanic", "latino", "latina", "latinx", "latin american", "mestizo"),
    "black": ("black", "african", "afro"),
    "asian": ("asian", "chinese", "japanese", "korean"),
    "indian": ("indian", "south asian", "desi"),
    "arab": ("arab", "middle eastern"),
}
"""Label, as the data names it -> the words for it."""

_NOT_HISPANIC = re.compile(
    r"\b(?:non|not)[- ]?(?:hispanic|latin[oax]|latin american)s?(?: or (?:hispanic|latin[oax])s?)?"
)


@dataclass(frozen=True, slots=True)
class Guess:
    """What a reply says. ``parsed``: it was JSON with the fields; None where a field is absent or says nothing."""

    age: float | None
    ethnicity: str | None
    parsed: bool


def read_guess(text: str) -> Guess:
    """Age in years (the middle of a range) and ethnicity in the reply's own words."""
    text = text[:MAX_TEXT]
    for block in _BLOCK.findall(text):
        fields = _fields(block)
        if fields is not None:
            return Guess(_age(fields.get("age")), _words(fields.get("ethnicity")), True)
    loose_age, loose_ethnicity = _AGE_FIELD.search(text), _ETHNICITY_FIELD.search(text)
    age = _age(loose_age[1]) if loose_age else _age_in_words(text)
    return Guess(age, _words(loose_ethnicity[1]) if loose_ethnicity else None, False)


def same_ethnicity(label: str, said: str | None) -> bool:
    """Whether the words for an ethnicity mean the label; several ethnicities at once mean none."""
    if not said:
        return False
    meant = _meant(said)
    return meant == _meant(label) if meant else said.strip().lower() == label.lower()


def _meant(said: str) -> set[str]:
    """The labels that words for ethnicities stand for."""
    plain = _NOT_HISPANIC.sub(" ", said.lower())
    if re.search(r"\b(?:south asian|indian)", plain):
        plain = re.sub(r"\basian", "", re.sub(r"\bsouth asian", "indian", plain))
    meant = {name for name, words in ETHNICITIES.items() if any(re.search(rf"\b{word}", plain) for word in words)}
    if "hispanic" in meant:
        meant -= {"caucasian", "indian"}  # "white Hispanic", "Latin American Indian": Hispanic is what is told
    return meant


def _fields(block: str) -> dict[str, Any] | None:
    """The object with age or ethnicity in a JSON text, keys in small letters; None where there is none."""
    try:
        value = msgspec.json.decode(block)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None
    for _ in range(4):
        if isinstance(value, list) and value:
            value = value[0]
        if not isinstance(value, dict):
            return None
        fields = {str(key).strip().lower(): each for key, each in value.items()}
        if fields.keys() & {"age", "ethnicity"}:
            return fields
        value = next(iter(value.values()), None)
    return None


def _age(value: Any) -> float | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int | float):
        return float(value) if 0 < value < _OLDEST else None
    numbers = [float(number) for number in re.findall(r"\d{1,3}(?:\.\d+)?", str(value))][:2]
    ages = [number for number in numbers if 0 < number < _OLDEST]
    return sum(ages) / len(ages) if ages else None


def _age_in_words(text: str) -> float | None:
    found = _AGE_WORDS.search(text)
    return _age(" ".join(filter(None, found.groups()))) if found else None


def _words(value: Any) -> str | None:
    text = str(value).strip() if isinstance(value, str) else ""
    empty = not text or re.fullmatch(
        r"(?i)(unknown|n/?a|none|null|undisclosed|unspecified|string|not (?:specified|sure|determined)|"
        r"(?:can ?not|can't|unable to) .*)\.?",
        text,
    )
    return None if empty else text
