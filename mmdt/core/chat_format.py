"""Conversations as data holds them: a list of messages in OpenAI's style, read and written."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, cast

from mmdt.core.image import Image
from mmdt.core.message import (
    MAX_MESSAGES,
    MAX_PARTS,
    ImagePart,
    Message,
    Messages,
    Part,
    Role,
    Text,
    check_messages,
)
from mmdt.errors import DataError

MAX_IMAGES = 64
"""Pictures of one conversation."""
EXAMPLE = 'write [{"role": "user", "content": "..."}], with assistant messages between those of the user'
_TEXT = ("text", "input_text", "output_text")
_IMAGE = ("image", "image_url", "input_image")
_SOURCES = ("image", "image_url", "url", "path")
"""The keys under which a part may name its picture."""


def read_messages(value: Any, read_image: Callable[[Any], Image], listed: Iterable[Image] = ()) -> Messages:
    """A conversation from ``[{"role": "user", "content": "..."}, ...]``.

    ``content`` is a string, or a list of parts: ``{"type": "text", "text": "..."}`` and ``{"type": "image", "image":
    ...}`` (or ``image_url``). ``read_image`` makes a picture from what such a part holds. A part ``{"type": "image"}``
    that holds nothing takes the next of the ``listed`` pictures. Raises DataError, naming the message, for anything
    else, and where ``check_messages`` does.
    """
    if not isinstance(value, list | tuple):
        raise DataError(f"expected a list of messages, got {_kind(value)}", hint=EXAMPLE)
    if len(value) > MAX_MESSAGES:
        raise DataError(f"there are {len(value):,} messages", hint=f"use at most {MAX_MESSAGES}")
    reader = _Reader(read_image, iter(tuple(listed)))
    messages = tuple(reader.message(each, f"message {number}") for number, each in enumerate(value, 1))
    left = sum(1 for _ in reader.listed)
    if left:
        hint = 'put {"type": "image"} into the message that each picture belongs to'
        raise DataError(f"{left} of the pictures given with the messages belong to none of them", hint=hint)
    check_messages(messages)
    return messages


def write_messages(messages: Messages, write_image: Callable[[Image], Any]) -> list[dict[str, Any]]:
    """The conversation as ``read_messages`` reads it; ``write_image`` says what stands for a picture, such as its
    path."""
    return [{"role": each.role, "content": _content(each, write_image)} for each in messages]


def _content(message: Message, write_image: Callable[[Image], Any]) -> Any:
    if len(message.parts) == 1 and isinstance(message.parts[0], Text):
        return message.parts[0].text
    return [
        {"type": "text", "text": part.text}
        if isinstance(part, Text)
        else {"type": "image", "image": write_image(part.image)}
        for part in message.parts
    ]


class _Reader:
    """Reads one conversation, counting its pictures before each is decoded."""

    def __init__(self, read_image: Callable[[Any], Image], listed: Iterator[Image]) -> None:
        self.listed = listed
        self._read_image = read_image
        self._images = 0

    def message(self, value: Any, where: str) -> Message:
        entries = _entries(value, where, "a message")
        unknown = sorted(entries.keys() - {"role", "content"})
        if unknown:
            hint = "a message has only role and content; tool calls are not sent"
            raise DataError(f"unknown key {unknown[0]!r}", where=where, hint=hint)
        role, content = entries.get("role"), entries.get("content")
        if not isinstance(role, str):
            raise DataError("the message has no role", where=where, hint="use system, user, assistant")
        parts = [content] if isinstance(content, str) else content
        if not isinstance(parts, list | tuple):
            what = f"expected content as a string or a list of parts, got {_kind(content)}"
            raise DataError(what, where=where, hint=EXAMPLE)
        if len(parts) > MAX_PARTS:
            raise DataError(f"the message has {len(parts):,} parts", where=where, hint=f"use at most {MAX_PARTS}")
        read = tuple(self._part(each, f"{where}, part {number}") for number, each in enumerate(parts, 1))
        return Message(cast(Role, role), read)  # check_messages checks the role

    def _part(self, value: Any, where: str) -> Part:
        if isinstance(value, str):
            return Text(value)
        entries = _entries(value, where, "a part")
        kind = entries.get("type")
        if kind in _TEXT:
            text = entries.get("text")
            if not isinstance(text, str):
                raise DataError(f"expected text as a string, got {_kind(text)}", where=where, hint="fill in 'text'")
            return Text(text)
        if kind in _IMAGE:
            return ImagePart(self._image(entries, where))
        raise DataError(f"unknown type of part {kind!r}", where=where, hint="use text or image")

    def _image(self, entries: Mapping[str, Any], where: str) -> Image:
        self._images += 1
        if self._images > MAX_IMAGES:
            raise DataError("too many pictures in one conversation", where=where, hint=f"use at most {MAX_IMAGES}")
        sources = [entries[name] for name in _SOURCES if name in entries]
        if not sources:
            found = next(self.listed, None)
            if found is None:
                hint = "give it under 'image', or put pictures into the column 'images'"
                raise DataError(
                    "the part holds no picture, and no further one is given with the messages", where=where, hint=hint
                )
            return found
        if len(sources) > 1:
            raise DataError("the part names more than one picture", where=where, hint="use a part for each")
        source = sources[0]
        if isinstance(source, Mapping) and "url" in source:
            source = source["url"]
        try:
            return self._read_image(source)
        except DataError as error:
            raise DataError(error.what, where=where, hint=error.hint) from error


def _entries(value: Any, where: str, what: str) -> dict[str, Any]:
    """The entries of a JSON object that are not null (tables fill absent ones with null)."""
    if not isinstance(value, Mapping):
        raise DataError(f"expected {what} as a JSON object, got {_kind(value)}", where=where, hint=EXAMPLE)
    return {str(name): entry for name, entry in value.items() if entry is not None}


def _kind(value: Any) -> str:
    names = {str: "a string", list: "a list", dict: "a JSON object", bool: "true or false", type(None): "nothing"}
    return names.get(type(value), f"a value of type {type(value).__name__}")
