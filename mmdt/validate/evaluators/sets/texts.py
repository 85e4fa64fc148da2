"""Texts with known truth: replies that decline or do not, replies held against a reference, numbers said in words."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from mmdt.evaluators.judge.prompt import question
from mmdt.synthetic.worlds.language.vocabulary import KINDS, noun
from mmdt.synthetic.worlds.language.vocabulary import number as in_words
from mmdt.validate.evaluators.question import Counts, Question, Seen, item, verdict

_COUNTED = (
    "There are {one} and {other}.",
    "I can see {one} and {other} in the picture.",
    "{One}, and {other}.",
    "{one_kind}: {one_digits}, {other_kind}: {other_digits}",
    "The picture shows {one}. There are also {other}.",
    "I count {one_digits} {one_plural} and {other_digits} {other_plural}.",
)
_MATCHED = ("It is {}.", "{}", "The answer is {}.", "I believe that this is {}.", "That looks like {}.")


def refusal(seed: int, number: int) -> Iterator[Question]:
    """Replies that decline, and replies that do not though they sound like it."""
    for truth, key in ((True, "declined"), (False, "answered")):
        for text in _sample(_written()[key], number, seed):
            yield Question((item("refusal", {}, text=text),), verdict(truth, key="by"))


def matcher(seed: int, number: int) -> Iterator[Question]:
    """Replies that say the same as a reference or something else, in the words of the set and of a template."""
    for entry in _sample(_written()["matches"], number, seed):
        asked = question("answer-matches-reference", question=entry["question"], reference=entry["reference"])
        for truth, key in ((True, "right"), (False, "wrong")):
            text = entry[key]
            yield Question((item("matcher", asked, text=text, prompt=entry["question"]),), verdict(truth), "sentences")
    rng = random.Random(f"matcher/{seed}")
    for place in range(number):
        kind, other = rng.sample(KINDS, 2)
        asked = question("answer-matches-reference", question="What is in the picture?", reference=kind)
        said = rng.choice(_MATCHED).format(f"a {kind if place % 2 else other}")
        yield Question((item("matcher", asked, text=said),), verdict(bool(place % 2)), "short")


def counter(seed: int, number: int) -> Iterator[Question]:
    """Numbers as words and digits, in sentences and lists; and numbers that a reply does not give."""
    rng = random.Random(f"counter/{seed}")
    for _ in range(number):
        one, other = rng.sample(KINDS, 2)
        truth: dict[str, int | None] = {one: rng.randint(1, 9), other: rng.randint(1, 9)}
        said = rng.choice(_COUNTED).format(**_forms("one", one, truth[one]), **_forms("other", other, truth[other]))
        yield _counted(said, truth, "templates")
    for entry in _sample(_written()["counts"], number, seed):
        wanted = {name: value if value >= 0 else None for name, value in entry["counts"].items()}
        yield _counted(entry["reply"], wanted, "sentences")


def _counted(reply: str, truth: Mapping[str, int | None], condition: str) -> Question:
    asked = question("count-extraction", objects=list(truth), question="How many are there of each?")

    def count(seen: Seen) -> Counts:
        said = {name.casefold(): number for name, number in seen[0]["counts"].items()}
        right = sum(said.get(name.casefold()) == number for name, number in truth.items())
        return {"numbers": (right, len(truth))}

    return Question((item("counter", asked, text=reply),), count, condition)


def _forms(role: str, kind: str, number: int | None) -> dict[str, Any]:
    many = number or 0
    words = f"{in_words(many)} {noun(kind, many)}"
    forms = {role: words, f"{role}_kind": kind, f"{role}_digits": many, f"{role}_plural": noun(kind, 2)}
    return {**forms, role.capitalize(): words.capitalize()}


def _sample(entries: Sequence[Any], number: int, seed: int) -> list[Any]:
    return random.Random(seed).sample(entries, min(number, len(entries)))


@cache
def _written() -> dict[str, Any]:
    return tomllib.loads((files(__package__) / "texts.toml").read_text("utf-8"))
