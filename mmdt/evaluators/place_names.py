"""Names of places in the ways people write them: countries, US states, saints and forts. Pure rules."""

from __future__ import annotations

import re
import unicodedata

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
    "san francisco": ("san francisco",),
}
_SHORT = (
    (re.compile(r"\bst\b"), "saint"),
    (re.compile(r"\bste\b"), "sainte"),
    (re.compile(r"\bft\b"), "fort"),
    (re.compile(r"\bmt\b"), "mount"),
)


def plain(text: str) -> str:
    """Small letters without accents, every other sign a single space, saints and forts written out."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss"))
    letters = "".join(letter for letter in decomposed if not unicodedata.combining(letter)).lower()
    words = " ".join(re.findall(r"[a-z0-9]+", letters))
    for pattern, whole in _SHORT:
        words = pattern.sub(whole, words)
    return words


def says(reply: str, name: str) -> bool:
    """Whether a plain reply says a plain name as whole words."""
    return f" {name} " in f" {reply} "
