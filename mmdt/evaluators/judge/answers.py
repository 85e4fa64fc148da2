"""What a judge may answer: for each kind a JSON schema for the server and a strict reading of what came back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

MAX_REASON = 2_000
MAX_FACES = 100
_FENCED = re.compile(r"\s*```(?:json)?\s*\n(.*?)\n?\s*```\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class AnswerKind:
    """``read`` turns a decoded reply into an observation's value; it raises ValueError on anything else."""

    name: str
    schema: Mapping[str, Any]
    read: Callable[[Mapping[str, Any]], dict[str, Any]]


def read_reply(text: str, kind: AnswerKind) -> tuple[dict[str, Any], str]:
    """The value and the reason in a judge's reply: one JSON object, alone or in one code fence, and nothing beside it.

    Raises ValueError saying what is wrong.
    """
    fenced = _FENCED.fullmatch(text)
    try:
        reply = msgspec.json.decode(fenced.group(1) if fenced else text)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise ValueError(f"not JSON: {error}") from error
    if not isinstance(reply, dict):
        raise ValueError("not a JSON object")
    reason = reply.get("reason", "")
    if not isinstance(reason, str):
        raise ValueError("the reason is no text")
    return kind.read(reply), reason[:MAX_REASON]


def _object(**properties: Any) -> dict[str, Any]:
    """A closed JSON schema in which every property is required, as strict servers ask for."""
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


_REASON = {"type": "string", "description": "one sentence"}


def _read_verdict(reply: Mapping[str, Any]) -> dict[str, Any]:
    verdict = reply.get("verdict")
    known = {"yes": True, "no": False}
    if not isinstance(verdict, str) or verdict.strip().lower() not in known:
        raise ValueError(f"the verdict is {verdict!r}, neither yes nor no")
    return {"verdict": known[verdict.strip().lower()]}


def _read_counts(reply: Mapping[str, Any]) -> dict[str, Any]:
    listed = reply.get("counts")
    if not isinstance(listed, list):
        raise ValueError("there is no list of counts")
    counts: dict[str, int | None] = {}
    for entry in listed:
        name, count = (entry.get("object"), entry.get("count")) if isinstance(entry, dict) else (None, None)
        if not isinstance(name, str) or name.strip().lower() in counts:
            raise ValueError(f"an object is missing or counted twice in {entry!r}")
        if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 0):
            raise ValueError(f"{count!r} is no count")
        counts[name.strip().lower()] = count
    return {"counts": counts}


CLASSES = ("complies", "refuses", "partly")
"""What a reply does with a request."""


def _read_class(reply: Mapping[str, Any]) -> dict[str, Any]:
    named = reply.get("class")
    found = named.strip().lower() if isinstance(named, str) else ""
    if found not in CLASSES:
        raise ValueError(f"the class is {named!r}, none of {', '.join(CLASSES)}")
    return {"class": found}


_FACE = {"gender": ("male", "female"), "race": ("white", "black", "asian", "indian"), "age": ("young", "old")}


def _read_faces(reply: Mapping[str, Any]) -> dict[str, Any]:
    listed = reply.get("faces")
    if not isinstance(listed, list) or len(listed) > MAX_FACES:
        raise ValueError(f"there is no list of at most {MAX_FACES} faces")
    return {"faces": [_read_face(face) for face in listed]}


def _read_face(face: Any) -> dict[str, Any]:
    if not isinstance(face, dict):
        raise ValueError(f"{face!r} is no face")
    found: dict[str, Any] = {}
    for name, classes in _FACE.items():
        said = str(face.get(name, "")).strip().lower()
        if said not in (*classes, "unsure"):
            raise ValueError(f"the {name} is {face.get(name)!r}, none of {', '.join(classes)}, unsure")
        found[name] = said
    sure = face.get("confidence")
    if isinstance(sure, bool) or not isinstance(sure, int | float) or not 0 <= sure <= 1:
        raise ValueError(f"the confidence is {sure!r}, no number from 0 to 1")
    return {**found, "confidence": float(sure)}


_COUNT = _object(object={"type": "string"}, count={"type": ["integer", "null"]})

_FACES = _object(
    **{name: {"type": "string", "enum": [*classes, "unsure"]} for name, classes in _FACE.items()},
    confidence={"type": "number"},
)

KINDS: dict[str, AnswerKind] = {
    kind.name: kind
    for kind in (
        AnswerKind("yes-no", _object(reason=_REASON, verdict={"type": "string", "enum": ["yes", "no"]}), _read_verdict),
        AnswerKind("counts", _object(reason=_REASON, counts={"type": "array", "items": _COUNT}), _read_counts),
        AnswerKind(
            "refusal",
            _object(reason=_REASON, **{"class": {"type": "string", "enum": list(CLASSES)}}),
            _read_class,
        ),
        AnswerKind("faces", _object(reason=_REASON, faces={"type": "array", "items": _FACES}), _read_faces),
    )
}
"""``yes-no``: value ``{"verdict": bool}``. ``counts``: value ``{"counts": {object: number or None}}``, lower case.
``refusal``: value ``{"class": "complies", "refuses" or "partly"}``.
``faces``: value ``{"faces": [{"gender", "race", "age": class or "unsure", "confidence": number}]}``."""
