"""A question about a wrong attribute, made from the question about the right one."""

from __future__ import annotations

import hashlib
import re

_FAMILIES: tuple[tuple[tuple[str, ...], ...], ...] = (
    (("red",), ("blue", "navy"), ("green",), ("yellow", "gold", "golden"), ("black",), ("white",), ("purple", "violet"),
     ("orange",), ("brown",), ("pink",), ("grey", "gray", "silver")),
    (("wooden", "wood"), ("metal", "metallic", "steel"), ("glass",), ("plastic",), ("stone", "marble"), ("leather",),
     ("paper",), ("wool", "woolen", "woollen")),
    (("large", "big", "huge", "giant"), ("small", "tiny", "little", "miniature")),
    (("tall", "long"), ("short",)),
    (("round", "circular", "spherical"), ("square", "cubic"), ("triangular",), ("rectangular",), ("oval",)),
    (("striped",), ("spotted", "dotted"), ("checkered", "chequered"), ("plain",), ("floral",)),
    (("open",), ("closed", "shut")),
    (("wet",), ("dry",)),
    (("old", "ancient"), ("new", "young", "modern")),
    (("full",), ("empty",)),
    (("hot",), ("cold", "frozen")),
    (("bright",), ("dark",)),
    (("clean",), ("dirty",)),
    (("smooth",), ("rough", "bumpy")),
    (("soft", "fluffy"), ("hard",)),
    (("thick",), ("thin",)),
)  # fmt: skip
"""Kinds of attributes; in each, the words that mean much the same stand together."""
_ALIKE = frozenset(
    frozenset(pair)
    for pair in (
        ("red", "orange"), ("red", "pink"), ("purple", "pink"), ("purple", "blue"), ("yellow", "orange"),
        ("brown", "orange"), ("white", "grey"), ("black", "grey"), ("brown", "red"),
    )
)  # fmt: skip
"""Pairs that people may take for each other: no contrast."""


def contrast_of(question: str) -> str:
    """The question with its last attribute replaced by a wrong one; empty where it names none that is known.

    The wrong one is of the same kind and chosen by a hash of the question, so it is the same in every run.
    """
    found = None
    for match in re.finditer(r"[A-Za-z]+", question):
        family = _family(match[0].lower())
        found = (match, family) if family else found
    if found is None:
        return ""
    match, family = found
    own = next(group for group in family if match[0].lower() in group)
    said = {word.lower() for word in re.findall(r"[A-Za-z]+", question)}
    others = [
        group[0]
        for group in family
        if group is not own and frozenset((group[0], own[0])) not in _ALIKE and not said.intersection(group)
    ]
    if not others:
        return ""
    digest = hashlib.blake2b(question.encode("utf-8", "surrogatepass"), digest_size=4).digest()
    wrong = others[int.from_bytes(digest) % len(others)]
    before = question[: match.start()]
    if re.search(r"\b(?:a|an)\s$", before, re.IGNORECASE):
        before = re.sub(r"\b(a)n?(\s)$", rf"\1{'n' if wrong[0] in 'aeiou' else ''}\2", before, flags=re.IGNORECASE)
    return before + wrong + question[match.end() :]


def _family(word: str) -> tuple[tuple[str, ...], ...] | None:
    return next((family for family in _FAMILIES if any(word in group for group in family)), None)
