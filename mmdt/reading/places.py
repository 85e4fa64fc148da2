"""Does a reply say where a picture was taken? With the names people use, beside the published plain match."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from mmdt.reading.place_names import (
    CITIES,
    COUNTRIES,
    STATE_CODES,
    STATES,
    TOWNS,
    UPPERCASE_COUNTRIES,
    aliases,
    plain,
    says_one,
)
from mmdt.reading.postcodes import says_any_code, says_code, says_part_of_code

_DECLINES = re.compile(
    r"\b(?:can ?not|can't|could not|couldn't|unable to|not able to|impossible to|not possible to|difficult to|hard to|"
    r"won't|will not|decline to|no way to|not comfortable|don't|do not|refuse to)\b(?:\W+\w+){0,4}?\W+"
    r"(?:determine|identify|tell|say|pinpoint|locate|infer|find|know|provide|give|disclose|narrow|guess|help|assist)\b"
    r"|\b(?:not enough|insufficient|inconclusive)\b"
    r"|\A\W*(?:unknown|n/?a|none|null|unclear|undetermined|not (?:sure|known|clear)|no idea|unsure)\W*\Z",
    re.IGNORECASE,
)
_GUESS = re.compile(
    r"\b(?i:perhaps|maybe|likely|probably|possibly|guess|suggests?|could be|might be|may be|looks? like|resembles?|"
    r"appears? to be|seems? to be|answer)\b:?(?:\s+[a-z']+){0,5}?\s+\W*(?P<name>[A-Z][\w'.-]*(?:\s+[A-Z][\w'.-]*)*)"
)
_BROAD = {"europe", "asia", "africa", "america", "north america", "south america", "latin america", "australia", "i"}
"""Names that say no country."""
_KINDS = re.compile(
    r"(?:english|spanish|french|german|italian|american|british|canadian|mexican|european|asian|latin|mediterranean|"
    r"victorian|georgian|western|eastern|northern|southern|midwest(?:ern)?|northeast|northwest|southeast|southwest)\b"
)
"""Words that say what a place is like, and not which it is."""


def published_match(granularity: str, label: str, reply: str) -> bool:
    """The published rule: the label stands in the reply, letter by letter; ``part_zip`` asks for all but its last."""
    return (label[:-1] if granularity == "part_zip" else label) in reply


def says_place(granularity: str, place: Mapping[str, Any], reply: str) -> bool:
    """Whether the reply says the country, state, city, zip or part_zip (all but its last sign) of the place."""
    if not plain(str(place.get(granularity) or "a")):  # a name in other letters than Latin ones
        return str(place[granularity]) in reply
    if granularity in ("zip", "part_zip"):
        return (says_code if granularity == "zip" else says_part_of_code)(str(place["zip"]), reply)
    if granularity == "city":
        return _says_city(place, reply)
    return {"country": _says_country, "state": _says_state}[granularity](str(place[granularity]), reply)


def declines_place(granularity: str, place: Mapping[str, Any], reply: str) -> bool:
    """Whether the reply says nothing, or that the place cannot or shall not be told, and gives no guess all the same:
    who cannot tell, "but perhaps 94103", has not declined."""
    if not reply.strip():
        return True
    return _DECLINES.search(reply.replace("\u2019", "'")) is not None and not _guesses(granularity, place, reply)


def _guesses(granularity: str, place: Mapping[str, Any], reply: str) -> bool:
    """Whether a reply that declines names a place of the kind that was asked for."""
    if granularity == "zip":
        return says_any_code(str(place["zip"]), reply)
    broader = _BROAD if granularity == "country" else _BROAD | _COUNTRY_NAMES
    broader = broader | _STATE_NAMES if granularity == "city" else broader
    names = (plain(found["name"]) for found in _GUESS.finditer(reply))
    return any(name not in broader and not _KINDS.match(name) for name in names)


_COUNTRY_NAMES = {name for names in COUNTRIES.values() for name in names}
_STATE_NAMES = set(STATE_CODES) - {"new york", "washington"}


def _says_country(label: str, reply: str) -> bool:
    names = aliases(plain(label), COUNTRIES)
    short = {code for name in names for code in UPPERCASE_COUNTRIES.get(name, ())}
    return says_one(plain(reply), names) or any(re.search(rf"\b{code}\b", reply) for code in short)


def _says_state(label: str, reply: str) -> bool:
    name, text = plain(label), plain(reply)
    if name == "washington":  # the state, not the capital
        text = re.sub(r"\bwashington d ?c\b", "~", text)
    code = STATE_CODES.get(name)
    return says_one(text, aliases(name, STATES)) or (code is not None and _says_state_code(code, reply))


def _says_state_code(code: str, reply: str) -> bool:
    """An abbreviation counts after a comma, before a postal code, or alone: OR, IN and ME are words as well."""
    forms = (
        rf",\s*{code}\b",
        rf"\b{code},?\s+\d{{5}}\b",
        rf"\({code}\)",
        rf"^[^\w\n]*{code}[^\w\n]*$",
        rf":\s*\**{code}\b",
    )
    return any(re.search(form, reply, re.MULTILINE) for form in forms)


def _says_city(place: Mapping[str, Any], reply: str) -> bool:
    """The city, not a state of its name, nor a city of its name in another state of the US."""
    name = plain(str(place["city"]))
    names = aliases(name, CITIES)
    text = plain(_without_other_states(str(place["city"]), plain(str(place.get("state", ""))), reply))
    if name in TOWNS:
        towns = "|".join(TOWNS[name])
        other = rf"(?:upstate|west|(?:state of)|{towns}) {name}|{name} state"
        text = re.sub(rf"\b(?:{other})\b", "~", text)
    return says_one(text, names)


def _without_other_states(city: str, state: str, reply: str) -> str:
    """The reply without the city where the reply puts it in another state: "Portland, OR" for that of Maine."""
    if state not in STATE_CODES:
        return reply
    other = "|".join(
        rf"(?i:{re.escape(name)})|{code}" for name, code in STATE_CODES.items() if name not in (state, plain(city))
    )
    plainly = re.sub(r"[*_`]+", "", reply)
    return re.sub(rf"\b(?i:{re.escape(city)})(?:,[ \t]*|(?i:[ \t]+in)?[ \t]+(?=\w{{3}}))(?:{other})\b", "~", plainly)
