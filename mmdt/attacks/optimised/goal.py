"""Goal of an attack on a picture: from its parameters, else from the target of the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.attacks.facts import needed
from mmdt.core.attack import Attempt
from mmdt.core.image import Image
from mmdt.core.surrogate import Goal

PHRASE = "a photo of {}"
PHRASES = {"left": "to the left of", "right": "to the right of", "above": "above", "below": "below"}


def goal_of(attempt: Attempt, attack: str, label: str, wanted: Image | None, reply: str = "") -> Goal:
    """Towards the picture ``wanted``, else towards the label (the target's, unless it is given) and away from the
    target's ``origin``, both in the words of :func:`described`. ``reply``: what a surrogate that writes is to answer to
    the prompt of the attempt; with it, no label is needed. Raises UsageError without any of them."""
    if wanted is not None:
        return Goal(picture=wanted, question=attempt.prompt)
    origin = attempt.target.get("origin")
    away = described(origin, attempt.target) if isinstance(origin, str) and origin.strip() else ""
    named = label or attempt.target.get("label") or ""
    if reply and not (isinstance(named, str) and named.strip()):
        return Goal(reply=reply, question=attempt.prompt)
    text = described(needed(attempt, "label", label, attack), attempt.target)
    return Goal(text=text, away=away, reply=reply, question=attempt.prompt)


def reply_of(attempt: Attempt, given: str) -> str:
    """The reply that is given, else the target's ``reply``, else none."""
    found = given or attempt.target.get("reply")
    return found if isinstance(found, str) else ""


def described(word: str, target: Mapping[str, Any]) -> str:
    """A description of a picture that shows this: MMDT's objects ("a photo of cat"), attributes of the target's
    ``object`` ("a photo of a red car"), and relations of its two ``objects`` ("a photo of a cat to the left of a cup").
    Longer texts stay as they are."""
    objects, thing = target.get("objects"), target.get("object")
    phrase = PHRASES.get(word.strip().lower(), word)
    if isinstance(objects, list | tuple) and len(objects) == 2:
        return PHRASE.format(f"{_one(str(objects[0]))} {phrase} {_one(str(objects[1]))}")
    if len(word.split()) > 2:
        return word
    if isinstance(thing, str) and thing.strip() and thing.lower() not in word.lower():
        return PHRASE.format(_one(f"{word} {thing}"))
    return PHRASE.format(word)


def _one(thing: str) -> str:
    if thing.lower().startswith(("a ", "an ", "the ")):
        return thing
    return f"{'an' if thing[:1].lower() in 'aeiou' else 'a'} {thing}"
