"""JSON objects in replies, alone, in a code fence, or in the middle of words. Pure rules."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NoReturn

MAX_TEXT = 200_000
"""Characters of a reply that are searched."""


class _MalformedError(ValueError):
    """A JSON object that is damaged in itself, not a brace in a sentence."""


def json_in(text: str) -> list[dict[str, Any]]:
    """Every JSON object in a reply that can be read; those within others are no objects of their own."""
    return [found for found in _objects(text) if isinstance(found, dict)]


def one_object(text: str) -> tuple[dict[str, Any], str]:
    """The one JSON object in a reply, wherever it is, and the text after it; the same object twice counts once.

    Raises ValueError where there is none, where two differ, and where one is damaged: it gives a key twice, or is cut
    off.
    """
    found = list(_objects(text))
    for each in found:
        if isinstance(each, _MalformedError):
            raise each
    objects = [each for each in found if isinstance(each, dict)]
    if not objects:
        raise ValueError("not JSON: there is no JSON object in it")
    if any(each != objects[0] for each in objects):
        raise ValueError(f"not one JSON object but {len(objects)}, and they differ")
    return objects[0], text[text.rfind("}") + 1 :]


def _objects(text: str) -> Iterator[dict[str, Any] | _MalformedError]:
    text = text[:MAX_TEXT]
    place = text.find("{")
    while place >= 0:
        try:
            value, end = _DECODER.raw_decode(text, place)
        except json.JSONDecodeError as error:
            if error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string"):
                yield _MalformedError("not JSON: the object is cut off")
            place = text.find("{", place + 1)
        except _MalformedError as error:
            yield error
            place = text.find("{", _end(text, place))
        except (ValueError, RecursionError):  # a number of thousands of digits, a constant such as NaN; too deep
            yield _MalformedError("not JSON: the object is nested too deeply, or holds a number that is none")
            return
        else:
            yield value
            place = text.find("{", end)


def _end(text: str, place: int) -> int:
    """Where an object ends that gives a key twice."""
    return _LENIENT.raw_decode(text, place)[1]


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice = next(key for key, _ in pairs if sum(key == other for other, _ in pairs) > 1)
        raise _MalformedError(f"the key {twice[:100]!r} is given twice")
    return found


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_unique, parse_constant=_no_constant, strict=False)
"""Not strict: models write line breaks in strings as they are. That is no JSON, and leaves no doubt what is said."""
_LENIENT = json.JSONDecoder(strict=False)
