"""What a judge was asked about an output, word for word: the prompt's template with the question filled in again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from mmdt.core.image import Image
from mmdt.core.observation import Observation
from mmdt.core.protocols import Item, Request
from mmdt.errors import MmdtError
from mmdt.evaluators.guard.guard import FORMS
from mmdt.evaluators.guard.names import GUARD, split
from mmdt.evaluators.judge.prompt import PromptTemplate, load, parse
from mmdt.evaluators.panel.panel import members_of

CHAT = "chat/"
_OF_ROLE = {
    "refusal": "refusal",
    "attributes": "face-attributes",
    "guard_input": "guard-input",
    "guard_output": "guard-output",
}
"""Roles whose chat models have one prompt, whatever the question."""


@dataclass(frozen=True, slots=True)
class AskedInWords:
    """``words``: (title, text) of each message, in order. ``pictures``: what was attached."""

    words: tuple[tuple[str, str], ...]
    pictures: tuple[Image, ...] = ()


def asked_in_words(
    evaluator: str, role: str, item: Item, seen: Observation, prompts: Mapping[str, str]
) -> AskedInWords | None:
    """What ``evaluator`` (or the members of a panel of that name) read; None where it is no model, or none was asked.

    ``prompts``: the templates of the run by ``id@edition``, so that an edition of today is not taken for that of then.
    """
    if _by_rules(seen):
        return None
    found: list[AskedInWords] = []
    for name in dict.fromkeys(members_of(evaluator)):
        each = _asked(name, role, item, seen, prompts)
        if each is not None and each not in found:
            found.append(each)
    if not found:
        return None
    words = tuple(dict.fromkeys(word for each in found for word in each.words))
    pictures = {image.digest: image for each in found for image in each.pictures}
    return AskedInWords(words, tuple(pictures.values()))


def _by_rules(seen: Observation) -> bool:
    """Whether rules settled it, and no model was asked."""
    value = seen.value
    return value.get("by") == "rules" or (value.get("read_by") == "rules" and "judge_failed" not in value)


def _asked(name: str, role: str, item: Item, seen: Observation, prompts: Mapping[str, str]) -> AskedInWords | None:
    try:
        if name.startswith(GUARD):
            form, _ = split(name.removeprefix(GUARD))
            return _of_requests([request for _, request in FORMS[form].requests(item)], name)
        if not name.startswith(CHAT):
            return None
        if seen.value.get("prompt") == "moderation":
            return _of_moderation(role, item)
        template = _template(role, item, prompts)
        own = replace(item, question={}) if role in _OF_ROLE else item
        system, prompt = template.fill(own)
        return AskedInWords(_titled(system, prompt), template.pictures(item))
    except (MmdtError, ValueError, KeyError):  # nothing was sent either, or its prompt is not known any more
        return None


def _template(role: str, item: Item, prompts: Mapping[str, str]) -> PromptTemplate:
    """The template as the run had it. Raises KeyError where neither the run nor this mmdt has that edition."""
    name = _OF_ROLE.get(role) or str(item.question["prompt"])
    edition = "" if role in _OF_ROLE else str(item.question.get("edition", ""))
    if edition:
        kept = prompts.get(f"{name}@{edition}")
    else:
        kept = next((text for key, text in prompts.items() if key.partition("@")[0] == name), None)
    if kept is not None:
        return parse(name, kept)
    template = load(name)
    if edition and template.edition != edition:
        raise KeyError(edition)
    return template


def _of_moderation(role: str, item: Item) -> AskedInWords:
    if role == "guard_output":
        return AskedInWords((("Text", item.output.text),), item.output.images)
    return AskedInWords((("Text", item.case.asked),), item.case.images)


def _of_requests(requests: Sequence[Request], name: str) -> AskedInWords:
    words: list[tuple[str, str]] = []
    for number, request in enumerate(requests, 1):
        title = f"{name}, question {number}" if len(requests) > 1 else name
        words += [(f"{title}: {each.role}", each.text) for each in request.messages if each.text]
    return AskedInWords(tuple(words), tuple(requests[0].images) if requests else ())


def _titled(system: str, prompt: str) -> tuple[tuple[str, str], ...]:
    return tuple((title, text) for title, text in (("System prompt", system), ("Question", prompt)) if text)
