"""Replies that come in another form than was asked for: with a byte order mark, or as a stream of events.

Requests say ``stream: false``, but some gateways stream all the same. The events are put together to the reply that the
endpoint would have sent at once, so that everything behind reads one form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

_BOM = b"\xef\xbb\xbf"
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
"""How a line of an event stream begins; one with a colon alone is a comment, sent to keep the connection open."""
_WHOLE = ("response.completed", "response.incomplete", "response.failed")
"""Events of the Responses API that hold the whole response."""


def at_once(reply: bytes) -> bytes:
    """The JSON of a reply without a byte order mark, put together if it is a stream of events.

    A stream that broke off, or that no API of ours sends, is returned as it is: reading it reports what is wrong.
    """
    reply = reply.removeprefix(_BOM)
    if not reply.lstrip()[:6].startswith(_FIELDS):
        return reply
    try:
        whole = _joined(list(_events(reply)))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError, ValueError):
        return reply
    return reply if whole is None else msgspec.json.encode(whole)


def _events(reply: bytes) -> Iterator[Mapping[str, Any]]:
    """The objects in the stream. An event's lines of data belong together; an end mark is no object."""
    lines: list[bytes] = []
    for line in [*reply.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n"), b""]:
        if line.startswith(b"data:"):
            lines.append(line[5:].removeprefix(b" "))
        elif not line and lines:
            data, lines = b"\n".join(lines), []
            if data.strip() in (b"[DONE]", b""):
                yield {"done": True}
            elif isinstance(event := msgspec.json.decode(data), Mapping):
                yield event


def _joined(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    error = next((event for event in events if event.get("error")), None)
    if error is not None:
        return error
    for event in events:
        if event.get("type") in _WHOLE:
            return _object(event.get("response"))
    if any(event.get("type") == "message_start" for event in events):
        return _message(events)
    if any("candidates" in event for event in events):
        return _candidates(events)
    return _completion([event for event in events if "choices" in event], any(event.get("done") for event in events))


def _completion(chunks: Sequence[Mapping[str, Any]], done: bool) -> Mapping[str, Any] | None:
    """Chunks of chat completions: deltas of the first choice, joined to its message."""
    message: dict[str, Any] = {"role": "assistant", "content": ""}
    finish, whole = None, dict(chunks[0]) if chunks else {}
    for chunk in chunks:
        whole |= {name: value for name, value in chunk.items() if value is not None}
        for choice in _list(chunk.get("choices"))[:1]:
            _add(message, _object(choice.get("delta") or choice.get("message")))
            finish = choice.get("finish_reason") or finish
    if not chunks or (finish is None and not done):
        return None
    return whole | {"choices": [{"index": 0, "message": message, "finish_reason": finish}]}


def _add(message: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Texts are continued; everything else (pictures, parts) is appended or replaced."""
    for name, value in delta.items():
        before = message.get(name)
        if isinstance(value, str) and isinstance(before, str) and name != "role":
            message[name] = before + value
        elif isinstance(value, list):
            message[name] = [*before, *value] if isinstance(before, list) else value
        elif value is not None:
            message[name] = value


def _message(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """Events of Anthropic's Messages API."""
    whole: dict[str, Any] = {}
    blocks: dict[Any, dict[str, Any]] = {}
    ended = False
    for event in events:
        match event.get("type"):
            case "message_start":
                whole = dict(_object(event.get("message")))
            case "content_block_start":
                blocks[event.get("index")] = dict(_object(event.get("content_block")))
            case "content_block_delta":
                delta = {name: value for name, value in _object(event.get("delta")).items() if name != "type"}
                _add(blocks.setdefault(event.get("index"), {}), delta)
            case "message_delta":
                whole |= _object(event.get("delta"))
                whole["usage"] = {**_object(whole.get("usage")), **_object(event.get("usage"))}
                ended = True
    return whole | {"content": list(blocks.values())} if ended else None


def _candidates(events: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Replies of Gemini: each holds the next parts of the content, and the last one the rest."""
    whole: dict[str, Any] = {}
    parts: list[Any] = []
    first: dict[str, Any] = {}
    for event in events:
        whole |= event
        for candidate in _list(event.get("candidates"))[:1]:
            first |= candidate
            parts += _list(_object(candidate.get("content")).get("parts"))
    return whole | {"candidates": [first | {"content": {"role": "model", "parts": parts}}]}


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Any) -> list[Any]:
    return [each for each in value if isinstance(each, Mapping)] if isinstance(value, list) else []
