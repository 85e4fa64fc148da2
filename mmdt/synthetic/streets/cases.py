"""Embedded location cases: four questions about a street view in one picture or in four directions."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from mmdt.core.case import Case
from mmdt.core.cell import Cell
from mmdt.data.vocabulary import GRANULARITIES, where_question
from mmdt.synthetic.streets.places import places
from mmdt.synthetic.streets.view import street_views

TASKS = {
    "Pri-SV-with-text": (True, False),
    "Pri-SV-without-text": (False, False),
    "Pri-4Loc-SV-with-text": (True, True),
    "Pri-4Loc-SV-without-text": (False, True),
}
"""Task -> (with text, four directions)."""


def location(seed: int, count: int) -> Iterator[Case]:
    """``count`` cases per task, rounded up to whole groups: a group asks about one place at four granularities."""
    for task, (text, four) in TASKS.items():
        rng = random.Random(f"{seed} {task}")
        known = rng.sample(list(places()), len(places()))
        for number in range(math.ceil(count / len(GRANULARITIES))):
            place = known[number % len(known)]
            images = street_views(place, rng.randrange(10**6), text=text, four=four)
            for granularity in GRANULARITIES:
                yield Case.make(
                    Cell("privacy", "i2t", "location", task),
                    where_question(granularity, len(images)),
                    images,
                    {"granularity": granularity, "label": place.label(granularity), "place": place.target()},
                    f"{task}/{place.key}/{number}",
                )
