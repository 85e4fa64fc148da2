"""Paths into decoded JSON: ``choices[0].message.content``, ``parts[*].text``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

Step = str | int
ANY = "*"
_STEP = re.compile(r"\.?([^.\[\]]+)|\[(\d+|\*)\]")


def parse_path(text: str) -> tuple[Step, ...]:
    """The keys (text), places (numbers) and ``*`` (every element) of a path. Raises ValueError where it is none."""
    steps: list[Step] = []
    at = 0
    while at < len(text):
        match = _STEP.match(text, at)
        if match is None:
            raise ValueError(f"{text!r} is not a path: expected something like choices[0].message.content")
        key, place = match.groups()
        steps.append(key if key is not None else ANY if place == ANY else int(place))
        at = match.end()
    return tuple(steps)


def find(value: Any, path: str) -> list[Any]:
    """Everything at a path: one value, several with ``*``, none where the path leads nowhere."""
    return list(_walk(value, parse_path(path)))


def _walk(value: Any, steps: Sequence[Step]) -> Iterator[Any]:
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    if step == ANY:
        for each in value if isinstance(value, list) else ():
            yield from _walk(each, rest)
    elif isinstance(step, int):
        if isinstance(value, list) and step < len(value):
            yield from _walk(value[step], rest)
    elif isinstance(value, dict) and step in value:
        yield from _walk(value[step], rest)
