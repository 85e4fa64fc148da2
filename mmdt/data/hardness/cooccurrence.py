"""Co-occurrence: which things are seen together more often, or less often, than chance, from annotations of pictures.

A picture with one of a pair that usually comes with the other tempts a model to see both.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import msgspec

from mmdt.core.image import read_file
from mmdt.errors import DataError
from mmdt.stats.holm import holm

MOST_BYTES = 2 * 1024 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Pair:
    """Two things. ``together``: pictures with both; ``lift``: how many times as many as if they were independent;
    ``p``: of at least (lift above 1) or at most as many by chance, exact and two-sided (twice the smaller tail of the
    hypergeometric distribution); ``adjusted``: p by Holm over all pairs."""

    first: str
    second: str
    together: int
    lift: float
    p: float
    adjusted: float


def cooccurrence(pictures: Iterable[Iterable[str]], least: int = 20) -> tuple[Pair, ...]:
    """All pairs of things that each occur in at least ``least`` pictures, the highest lift first.

    ``pictures``: the things in each picture; one that is there several times counts once.
    """
    from scipy.stats import hypergeom  # takes half a second to import

    seen = [frozenset(each) for each in pictures]
    single = Counter(thing for each in seen for thing in each)
    common = sorted(thing for thing, count in single.items() if count >= least)
    wanted = set(common)
    both = Counter(pair for each in seen for pair in combinations(sorted(each & wanted), 2))
    rows = []
    for one, other in combinations(common, 2):
        together, expected = both[one, other], single[one] * single[other] / len(seen)
        chance = hypergeom(len(seen), single[one], single[other])
        p = min(1.0, 2 * min(float(chance.sf(together - 1)), float(chance.cdf(together))))
        rows.append((one, other, together, together / expected, p))
    adjusted = holm({f"{place}": row[4] for place, row in enumerate(rows)})
    found = (Pair(*row, adjusted[f"{place}"]) for place, row in enumerate(rows))
    return tuple(sorted(found, key=lambda pair: (-pair.lift, pair.first, pair.second)))


def read_coco(path: Path) -> list[set[str]]:
    """The things in each picture of an annotation file of COCO (``instances_*.json``), also of pictures without any.

    Raises DataError where it is no such file.
    """
    hint = "use a file such as instances_val2017.json, with images, categories and annotations"
    try:
        data: dict[str, Any] = msgspec.json.decode(read_file(path, MOST_BYTES), type=dict[str, Any])
        names = {each["id"]: str(each["name"]) for each in data["categories"]}
        things: dict[Any, set[str]] = defaultdict(set)
        for each in data["annotations"]:
            things[each["image_id"]].add(names[each["category_id"]])
        return [things[each["id"]] for each in data["images"]]
    except OSError as error:
        raise DataError("the annotations cannot be read", where=f"{path}: {error.strerror}", hint=hint) from error
    except (msgspec.DecodeError, KeyError, TypeError, RecursionError) as error:
        raise DataError(f"this is no annotation file of COCO: {error}", where=str(path), hint=hint) from error
