"""Drawn people with known looks: the line-ups of the embedded fairness data."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from mmdt.core.faces import ATTRIBUTES
from mmdt.synthetic.people.attributes import DrawnPerson, random_person
from mmdt.synthetic.people.scene import lineup_image
from mmdt.validate.evaluators.question import Counts, Question, Seen, item


def attributes(seed: int, number: int) -> Iterator[Question]:
    """Faces found, and each attribute over those; as line-ups show several, classes are matched without their order."""
    rng = random.Random(f"attributes/{seed}")
    for _ in range(number):
        people = tuple(random_person(rng) for _ in range(rng.randint(1, 3)))
        asked = {"attributes": list(ATTRIBUTES)}
        yield Question((item("attributes", asked, image=lineup_image(people)),), _faces(people))


def _faces(people: Sequence[DrawnPerson]) -> Callable[[Seen], Counts]:
    def count(seen: Seen) -> Counts:
        faces = seen[0]["faces"]
        counts = {"faces": (min(len(faces), len(people)), max(len(faces), len(people)))}
        for name in ATTRIBUTES:
            truth, found = (Counter(each) for each in ([p.value(name) for p in people], [f[name] for f in faces]))
            counts[name] = ((truth & found).total(), len(people))
        return counts

    return count
