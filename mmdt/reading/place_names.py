"""Names of places in the ways people write them: countries, US states, saints and forts. Pure rules."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

from mmdt.reading.remembered import remembered

COUNTRIES: dict[str, tuple[str, ...]] = {
    "united states": (
        "united states of america",
        "united states",
        "the states",
        "u s a",
        "u s",
        "usa",
        "america",
        "estados unidos",
        "etats unis",
        "vereinigte staaten",
    ),
    "united kingdom": ("united kingdom", "great britain", "u k", "uk", "britain"),
    "germany": ("germany", "deutschland", "federal republic of germany"),
    "spain": ("spain", "espana"),
    "mexico": ("mexico", "united mexican states"),
    "brazil": ("brazil", "brasil"),
    "japan": ("japan", "nippon"),
    "netherlands": ("netherlands", "the netherlands", "holland", "nederland"),
    "switzerland": ("switzerland", "schweiz", "suisse", "svizzera"),
    "austria": ("austria", "osterreich"),
    "italy": ("italy", "italia"),
    "south korea": ("south korea", "republic of korea", "korea"),
    "china": ("china", "people s republic of china"),
    "russia": ("russia", "russian federation"),
    "turkey": ("turkey", "turkiye"),
    "czech republic": ("czech republic", "czechia"),
    "united arab emirates": ("united arab emirates", "uae", "u a e"),
}
"""Country, as labels name it -> its names in plain letters."""
UPPERCASE_COUNTRIES = {"united states": ("US",), "united kingdom": ("GB",)}
"""Abbreviations that are words in small letters."""

US_STATES = {
    "AL": "Alabama",
    "AK": "Alaska",
    "AZ": "Arizona",
    "AR": "Arkansas",
    "CA": "California",
    "CO": "Colorado",
    "CT": "Connecticut",
    "DE": "Delaware",
    "DC": "District of Columbia",
    "FL": "Florida",
    "GA": "Georgia",
    "HI": "Hawaii",
    "ID": "Idaho",
    "IL": "Illinois",
    "IN": "Indiana",
    "IA": "Iowa",
    "KS": "Kansas",
    "KY": "Kentucky",
    "LA": "Louisiana",
    "ME": "Maine",
    "MD": "Maryland",
    "MA": "Massachusetts",
    "MI": "Michigan",
    "MN": "Minnesota",
    "MS": "Mississippi",
    "MO": "Missouri",
    "MT": "Montana",
    "NE": "Nebraska",
    "NV": "Nevada",
    "NH": "New Hampshire",
    "NJ": "New Jersey",
    "NM": "New Mexico",
    "NY": "New York",
    "NC": "North Carolina",
    "ND": "North Dakota",
    "OH": "Ohio",
    "OK": "Oklahoma",
    "OR": "Oregon",
    "PA": "Pennsylvania",
    "RI": "Rhode Island",
    "SC": "South Carolina",
    "SD": "South Dakota",
    "TN": "Tennessee",
    "TX": "Texas",
    "UT": "Utah",
    "VT": "Vermont",
    "VA": "Virginia",
    "WA": "Washington",
    "WV": "West Virginia",
    "WI": "Wisconsin",
    "WY": "Wyoming",
}
STATE_CODES = {name.lower(): code for code, name in US_STATES.items()}
STATES: dict[str, tuple[str, ...]] = {
    "district of columbia": ("district of columbia", "washington d c", "washington dc", "d c", "dc"),
    "quebec": ("quebec",),
    "bavaria": ("bavaria", "bayern"),
    "north rhine westphalia": ("north rhine westphalia", "nordrhein westfalen", "nrw"),
    "andalusia": ("andalusia", "andalucia"),
    "ile de france": ("ile de france",),
}
CITIES: dict[str, tuple[str, ...]] = {
    "new york": ("new york city", "new york", "nyc", "manhattan"),
    "los angeles": ("los angeles",),
    "washington": ("washington d c", "washington dc", "washington"),
    "koln": ("koln", "cologne"),
    "munchen": ("munchen", "munich"),
    "nurnberg": ("nurnberg", "nuremberg"),
    "wien": ("wien", "vienna"),
    "zurich": ("zurich", "zuerich"),
    "geneve": ("geneve", "geneva", "genf"),
    "bruxelles": ("bruxelles", "brussels", "brussel"),
    "antwerpen": ("antwerpen", "antwerp", "anvers"),
    "kobenhavn": ("kobenhavn", "copenhagen"),
    "goteborg": ("goteborg", "gothenburg"),
    "warszawa": ("warszawa", "warsaw"),
    "praha": ("praha", "prague"),
    "moskva": ("moskva", "moscow"),
    "lisboa": ("lisboa", "lisbon"),
    "sevilla": ("sevilla", "seville"),
    "roma": ("roma", "rome"),
    "milano": ("milano", "milan"),
    "firenze": ("firenze", "florence"),
    "venezia": ("venezia", "venice"),
    "napoli": ("napoli", "naples"),
    "torino": ("torino", "turin"),
    "ciudad de mexico": ("ciudad de mexico", "mexico city", "cdmx"),
    "beijing": ("beijing", "peking"),
    "san francisco": ("san francisco",),
}
_PARTS = {"manhattan"}
"""Names under a place that are a part of it: they say the place, which does not say them."""
LONGER = (
    *("west virginia", "new mexico", "new england", "new york", "new jersey", "new hampshire", "new orleans"),
    *("new haven", "new brunswick", "new bedford", "new south wales", "british columbia", "district of columbia"),
    *("kansas city", "baja california", "south america", "north america", "latin america", "central america"),
    *("north korea", "northern ireland", "south sudan", "papua new guinea", "equatorial guinea", "guinea bissau"),
    *("american samoa", "lake michigan", "lake ontario", "gulf of mexico", "ohio river", "mississippi river"),
    *("missouri river", "colorado river", "delaware river", "tennessee river", "connecticut river"),
    *("george washington", "mount washington", "port washington"),
)
"""Names that hold the name of another place and do not say that one."""
_STREETS = "street|avenue|ave|boulevard|blvd|lane"
"""Of towns everywhere. A highway or road of a state is in that state."""
_STREET = re.compile(rf" (?:{_STREETS})\b")
TOWNS = {
    "new york": (
        *("buffalo", "rochester", "albany", "syracuse", "yonkers", "ithaca", "utica", "schenectady", "white plains"),
        *("poughkeepsie", "saratoga springs", "niagara falls", "binghamton", "troy", "new rochelle"),
    ),
    "washington": (
        *("seattle", "tacoma", "spokane", "bellevue", "olympia", "vancouver", "everett", "redmond", "yakima"),
        *("bellingham", "kirkland", "renton", "kent"),
    ),
}
"""Towns of the states whose name a city elsewhere, or one of many there, has as well."""
_LETTERS = str.maketrans({"ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L", "đ": "d", "æ": "ae", "Æ": "Ae", "œ": "oe"})
"""Letters that are no accented ones."""
_SIGNS = re.compile(r"[a-z0-9]+")
_SHORT = (
    (re.compile(r"\bst\b"), "saint"),
    (re.compile(r"\bste\b"), "sainte"),
    (re.compile(r"\bft\b"), "fort"),
    (re.compile(r"\bmt\b"), "mount"),
)


@remembered(1_024)
def plain(text: str) -> str:
    """Small letters without accents, every other sign a single space, saints and forts written out."""
    words = " ".join(_SIGNS.findall(_letters(text)))
    for pattern, whole in _SHORT:
        words = pattern.sub(whole, words)
    return words


def _letters(text: str) -> str:
    if text.isascii():  # nothing to take apart
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.translate(_LETTERS))
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()


def says(reply: str, name: str) -> bool:
    """Whether a plain reply says a plain name as whole words."""
    return bool(name) and f" {name} " in f" {reply} "


def aliases(name: str, table: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """The plain names of what a plain name names, whichever of them that is."""
    for key, names in table.items():
        if name == key or (name in names and name not in _PARTS):
            return (name, *names)
    return (name,)


def says_one(reply: str, names: Sequence[str]) -> bool:
    """Whether a plain reply says one of some plain names of a place: not as part of another place's name ("West
    Virginia"), nor as that of a street."""
    for each in _longer(tuple(names)):
        reply = re.sub(rf"\b{each}\b", "~", reply)
    named = "|".join(re.escape(each) for each in names if each)
    if named and _STREET.search(reply):
        reply = re.sub(rf"\b(?:{named}) (?:{_STREETS})\b", "~", reply)
    return any(says(reply, each) for each in names)


@lru_cache(maxsize=4_096)
def _longer(names: tuple[str, ...]) -> tuple[str, ...]:
    """The names of other places that hold one of these."""
    return tuple(each for each in LONGER if each not in names and any(says(each, name) for name in names))
