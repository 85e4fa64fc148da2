"""Splits a model's reply into its reasoning and its answer, by the marks that models put around reasoning. Pure rules.

Known marks: ``<think>`` and its relatives, ``[THINK]``, ``<|begin_of_thought|>``, ``<|START_THINKING|>``, Kimi's
triangles, and the channels of gpt-oss, with their special tokens or without.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TAGS = (
    "think|thinking|thought|thoughts|reasoning|scratchpad|reflection|inner_monologue|seed:think|antthinking|"
    "chain_of_thought|internal_thoughts?|analysis"
)
_OPENS = (
    rf"<(?:{_TAGS})(?:\s[^<>\n]{{0,200}})?>|<\|begin_of_thought\|>|<\|START_THINKING\|>|\u25c1think\u25b7|"
    r"<\|channel>thought\b|<\|begin_of_reasoning\|>|<\|think\|>"
)
_CLOSES = (
    rf"</(?:{_TAGS})\s*>|<\|end_of_thought\|>|<\|END_THINKING\|>|\u25c1/think\u25b7|<channel\|>|"
    r"<\|end_of_reasoning\|>|<\|/think\|>"
)
_CLOSE = re.compile(rf"{_CLOSES}|(?-i:\[/THINK\])", re.IGNORECASE)
_OUTSIDE = re.compile(
    rf"(?P<code>```.*?```|`[^`\n]*`)|(?P<open>{_OPENS}|(?-i:\[THINK\]))|(?P<close>{_CLOSE.pattern})",
    re.IGNORECASE | re.DOTALL,
)
"""Marks outside reasoning; those that an answer quotes as code are words of it."""
_ANY = re.compile(rf"{_OPENS}|{_CLOSES}|\[/?THINK\]|<\|(?:channel|message|start)\|>|\Aanalysis[A-Z\"']", re.IGNORECASE)
_CHANNEL = re.compile(r"(?:<\|start\|>\s*assistant\s*)?<\|channel\|>\s*(\w+)[^<]{0,200}<\|message\|>")
_CHANNEL_END = re.compile(r"<\|(?:end|return|call)\|>")
_BARE_CHANNEL = re.compile(r"\Aanalysis(?=[A-Z\"'])(.*?)(?:assistant\s*(?:commentary[^\n]*?)?final(.*))?\Z", re.DOTALL)
"""The channels of gpt-oss where a server has left out the special tokens: ``analysisWe need ...assistantfinalYes.``"""
_WRAPPED = re.compile(
    r"\s*(?:<(answer|response|solution|conclusion|output|final_answer)>(?P<tag>.*?)(?:</\1>\s*|\Z)"
    r"|<\|begin_of_solution\|>(?P<solution>.*?)(?:<\|end_of_solution\|>\s*|\Z)"
    r"|<\|START_RESPONSE\|>(?P<response>.*?)(?:<\|END_RESPONSE\|>\s*|\Z)"
    r"|<\|begin_of_box\|>(?P<box>.*?)(?:<\|end_of_box\|>\s*|\Z))",
    re.IGNORECASE | re.DOTALL,
)
"""Marks around the answer, which go with those around the reasoning."""


@dataclass(frozen=True, slots=True)
class Reply:
    """``reasoning`` and ``answer`` of a reply. ``cut_off``: the reasoning was not closed, so the answer never came."""

    reasoning: str
    answer: str
    cut_off: bool = False


def split_reasoning(text: str) -> Reply:
    """A reply without marks is all answer, unchanged. A closing mark alone ends reasoning that began with the reply
    (chat templates write the opening mark into the prompt); reasoning that is never closed runs to the end."""
    if not _ANY.search(text):
        return Reply("", text)
    if "<|message|>" in text:
        return _by_channels(text)
    bare = _BARE_CHANNEL.match(text)
    if bare:
        return Reply(bare[1].strip(), (bare[2] or "").strip(), bare[2] is None)
    return _by_marks(text)


def _by_marks(text: str) -> Reply:
    """Within reasoning only a closing mark counts: models write about the marks they think between."""
    reasoning: list[str] = []
    answer: list[str] = []
    place, marked = 0, False
    last = max((each.start() for each in _CLOSE.finditer(text)), default=-1)
    while mark := _next_mark(text, place, last):
        before, place, marked = text[place : mark.start()], mark.end(), True
        if mark.lastgroup == "close":
            reasoning += [*answer, before]
            answer = []
            continue
        answer.append(before)
        end = _CLOSE.search(text, place)
        reasoning.append(text[place : end.start() if end else len(text)])
        if end is None:
            return Reply(_joined(reasoning), _unwrapped(_joined(answer)), cut_off=True)
        place = end.end()
    if not marked:
        return Reply("", text)
    return Reply(_joined(reasoning), _unwrapped(_joined([*answer, text[place:]])))


def _next_mark(text: str, place: int, last: int) -> re.Match[str] | None:
    """The next mark outside reasoning. An opening mark opens where it begins a line or something closes it (the
    ``last`` closing mark is behind it); any other is a word of the answer."""
    for mark in _OUTSIDE.finditer(text, place):
        if mark.lastgroup == "close":
            return mark
        if mark.lastgroup == "open" and (mark.start() < last or _begins_line(text, mark.start())):
            return mark
    return None


def _begins_line(text: str, place: int) -> bool:
    return not text[text.rfind("\n", 0, place) + 1 : place].strip()


def _by_channels(text: str) -> Reply:
    """gpt-oss: ``<|channel|>analysis<|message|>...<|end|>``; only the channel ``final`` is the answer."""
    headers = list(_CHANNEL.finditer(text))
    parts: dict[bool, list[str]] = {True: [], False: []}
    if not headers:  # only <|message|> is left of the header
        body = _CHANNEL_END.split(text.rpartition("<|message|>")[2])[0]
        return Reply("", body.strip())
    before = _CHANNEL_END.split(text[: headers[0].start()])[0]
    ends = [*(each.start() for each in headers[1:]), len(text)]
    for header, end in zip(headers, ends, strict=True):
        body = _CHANNEL_END.split(text[header.end() : end])[0]
        parts[header[1].lower() == "final"].append(body)
    reached = headers[-1][1].lower() == "final"
    return Reply(_joined([before, *parts[False]]), _joined(parts[True]), not reached and not parts[True])


def _joined(parts: list[str]) -> str:
    return "\n\n".join(each.strip() for each in parts if each.strip())


def _unwrapped(answer: str) -> str:
    """Without the marks around the answer. Where only a part of it is marked, that part is the answer."""
    found = _WRAPPED.search(answer)
    return next(each for each in found.groups()[1:] if each is not None).strip() if found else answer
