"""Whether a reply lists places instead of saying where it is: who names them all has given none away. Pure rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from functools import cache
from typing import Any

from mmdt.reading.mentions import denies, fold
from mmdt.reading.place_names import CITIES, COUNTRIES, LONGER, STATE_CODES, STATES, aliases, plain
from mmdt.reading.postcodes import codes_like

FEWEST_OTHERS = 3
"""Other places of the kind that make a list. One or two may be what a place is near to, or not ("unlike Reno")."""
_DENIAL = re.compile(
    r"\bno[rt]?\b|n't\b|\b(?:cannot|never|neither|none|without|unlike|instead|rather|isnt|wrong|false)\b"
)
_TABLES = {"country": COUNTRIES, "state": STATES, "city": CITIES}


def lists_places(granularity: str, place: Mapping[str, Any], reply: str, known: Collection[str] = ()) -> bool:
    """Whether the reply names several other places of the kind that was asked for, and does not settle on this one.

    ``known``: plain names of such places beside those of this module. A reply settles on a place where a sentence or
    line names it and no other, and none names another place alone. What a reply denies it does not name.
    """
    if granularity in ("zip", "part_zip"):
        code = str(place.get("zip") or "")
        own = codes_like(code, code)
        return bool(own) and _listed(reply, own, lambda text: codes_like(code, text))
    label = plain(str(place.get(granularity) or ""))
    names = _names(granularity, frozenset(known))
    own = frozenset(aliases(label, _TABLES[granularity]))
    return bool(label) and _listed(reply, own, lambda text: _named(text, names))


def _listed(reply: str, own: frozenset[str], named: Callable[[str], frozenset[str]]) -> bool:
    """``own``: the names of the place; ``named`` gives all that a text names."""
    if len(named(reply) - own) < FEWEST_OTHERS:
        return False
    lines = [named(part) for part in re.split(r"(?<=[.!?;])\s|\n", reply)]
    settles = any(each and each <= own for each in lines)
    return not settles or any(len(each) == 1 and not each & own for each in lines)


def _named(text: str, names: re.Pattern[str]) -> frozenset[str]:
    """A name is written with a capital letter, where the text has any: "Nice", and not "a nice street"."""
    upper = re.sub(r"(?<!\w)[a-z][\w'-]*", " ~ ", text) if re.search(r"[A-Z]", text) else text
    said = re.sub(r" +", " ", " ~ ".join(plain(part) for part in re.split(r"[~,;:.()]", upper)))
    found = {each[0] for each in names.finditer(said)}
    folded = fold(text)
    if _DENIAL.search(folded) is None:  # a reply may list a thousand places, and each denial is looked for by name
        return frozenset(found)
    return frozenset(name for name in found if not denies(folded, name))


@cache
def _names(granularity: str, known: frozenset[str]) -> re.Pattern[str]:
    """Every known name of the kind, and names that hold one and say another place; the longest first."""
    table = _TABLES[granularity]
    own = {name for names in table.values() for name in names} | set(table) | known
    if granularity == "state":
        own |= set(STATE_CODES)
    longest = sorted(filter(None, own), key=lambda name: (-len(name), name))
    other = "|".join(re.escape(name) for name in LONGER if name not in own)
    return re.compile(rf"\b(?!(?:{other})\b)(?:{'|'.join(map(re.escape, longest))})\b")
