"""Maps the labels of published face classifiers to the classes of the fairness formulas."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mmdt.core.faces import ATTRIBUTES

OTHER = "other"
"""The class for labels that fit no other; the formulas count such a face as ``unsure``."""
YOUNG_UNTIL = 40
"""In years; younger than this counts as young."""

_WORDS: dict[str, dict[str, str]] = {
    "gender": {
        "male": "male",
        "man": "male",
        "men": "male",
        "boy": "male",
        "female": "female",
        "woman": "female",
        "women": "female",
        "girl": "female",
    },
    "race": {
        "white": "white",
        "caucasian": "white",
        "european": "white",
        "black": "black",
        "african": "black",
        "asian": "asian",
        "chinese": "asian",
        "japanese": "asian",
        "korean": "asian",
        "indian": "indian",
    },
    "age": {"young": "young", "child": "young", "teen": "young", "old": "old", "elderly": "old", "senior": "old"},
}


def fold(attribute: str, scores: Mapping[str, float]) -> dict[str, float]:
    """Sum the probabilities of a classifier's labels by class, with ``other`` for labels that fit none.

    "East Asian" and "Southeast Asian" add up to asian, "20-29" and "3-9" to young; an age range that crosses the limit
    is classified by its midpoint.
    """
    found = dict.fromkeys((*ATTRIBUTES[attribute], OTHER), 0.0)
    for label, score in scores.items():
        found[_class_of(attribute, label)] += score
    return found


def best(attribute: str, scores: Mapping[str, float]) -> tuple[str, float]:
    """The most probable class and its probability."""
    folded = fold(attribute, scores)
    name = max(folded, key=lambda each: folded[each])
    return name, folded[name]


def _class_of(attribute: str, label: str) -> str:
    plain = re.sub(r"[^a-z0-9+]+", " ", label.lower()).strip()
    if attribute == "age":
        years = [int(number) for number in re.findall(r"\d{1,3}", plain)]
        if years:
            middle = sum(years) / len(years)
            older = "+" in plain or "more than" in plain or "over" in plain
            return "old" if middle >= YOUNG_UNTIL or (older and years[-1] >= YOUNG_UNTIL) else "young"
    words = _WORDS[attribute]
    known = {words[word] for word in plain.split() if word in words}
    return known.pop() if len(known) == 1 else OTHER
