"""Message: one turn of a conversation with a model, made of parts (text, pictures, later other media)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Self, get_args

import msgspec

from mmdt.core.image import Image
from mmdt.core.modality import Medium
from mmdt.errors import DataError

Role = Literal["system", "user", "assistant"]
MAX_MESSAGES = 200
"""Messages of one conversation."""
MAX_PARTS = 200
"""Parts of one message."""


class Text(msgspec.Struct, frozen=True, tag="text"):
    """Words."""

    text: str
    medium: ClassVar[Medium] = "text"
    media_type: ClassVar[str] = "text/plain"


class ImagePart(msgspec.Struct, frozen=True, tag="image"):
    """A picture."""

    image: Image
    medium: ClassVar[Medium] = "image"

    @property
    def media_type(self) -> str:
        """Such as ``image/png``."""
        return self.image.media_type


Media = ImagePart
"""Parts that are not text. Video or audio would be another class here: ``Media = ImagePart | VideoPart``."""
Part = Text | ImagePart


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: who says it, and its parts in order."""

    role: Role
    parts: tuple[Part, ...]

    @classmethod
    def of(cls, role: Role, text: str, images: Iterable[Image] = ()) -> Self:
        """A turn with the pictures first, then the text."""
        return cls(role, (*map(ImagePart, images), Text(text)))

    @property
    def text(self) -> str:
        """All its text, part by part."""
        return "\n".join(part.text for part in self.parts if isinstance(part, Text))

    @property
    def images(self) -> tuple[Image, ...]:
        return tuple(part.image for part in self.parts if isinstance(part, ImagePart))

    def map_images(self, change: Callable[[Image], Image]) -> Message:
        """The same turn with every picture replaced by ``change(picture)``."""
        if not self.images:
            return self
        parts = (ImagePart(change(part.image)) if isinstance(part, ImagePart) else part for part in self.parts)
        return Message(self.role, tuple(parts))

    def with_content(self, text: str, images: Sequence[Image]) -> Message:
        """The same turn with another text and other pictures. The order of its parts is kept where their number is."""
        texts = [part for part in self.parts if isinstance(part, Text)]
        if len(texts) != 1 or len(images) != len(self.images):
            return Message.of(self.role, text, images)
        left = iter(images)
        parts = (Text(text) if isinstance(part, Text) else ImagePart(next(left)) for part in self.parts)
        return Message(self.role, tuple(parts))


Messages = tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Simple:
    """What a conversation with one question says: at most a system prompt, then pictures and one text."""

    prompt: str
    images: tuple[Image, ...] = ()
    system: str = ""

    @classmethod
    def of(cls, messages: Messages) -> Self:
        """The last question, all pictures and the system prompt of a conversation: only part of it where it has more
        than one question."""
        return cls(prompt_of(messages), images_of(messages), system_of(messages))

    def messages(self) -> Messages:
        asked = Message.of("user", self.prompt, self.images)
        return (Message("system", (Text(self.system),)), asked) if self.system else (asked,)


def simple(messages: Messages) -> Simple | None:
    """The conversation as one question; None where it says more (several turns, or text before a picture)."""
    found = Simple.of(messages)
    return found if found.messages() == messages else None


def prompt_of(messages: Messages) -> str:
    """The text of the last message of the user."""
    return next((each.text for each in reversed(messages) if each.role == "user"), "")


def system_of(messages: Messages) -> str:
    """The text of the system message; empty without one."""
    return next((each.text for each in messages if each.role == "system"), "")


def images_of(messages: Messages) -> tuple[Image, ...]:
    """The pictures of all messages, in order."""
    return tuple(image for each in messages for image in each.images)


def turns_of(messages: Messages) -> Messages:
    """The messages without the system message, which many services take apart from the others."""
    return tuple(each for each in messages if each.role != "system")


def content_of(messages: Messages) -> list[Any]:
    """The conversation as JSON values for a hash: pictures by their digest."""
    return [[each.role, *(_content(part) for part in each.parts)] for each in messages]


def _content(part: Part) -> list[str]:
    return ["text", part.text] if isinstance(part, Text) else [part.medium, part.image.digest]


def transcript(messages: Messages) -> str:
    """The conversation as text for a reader or a judge, with pictures named by number."""
    number = 0
    lines = []
    for each in messages:
        words = []
        for part in each.parts:
            if isinstance(part, Text):
                words.append(part.text)
            else:
                number += 1
                words.append(f"[picture {number}]")
        lines.append(f"{each.role.capitalize()}: {' '.join(words)}")
    return "\n\n".join(lines)


def check_messages(messages: Messages) -> None:
    """Raises DataError where a conversation is not one that every chat model takes: an optional system message, then
    user and assistant in turn, from a user's message to a user's message, pictures in the user's only."""
    if not messages:
        raise DataError("there is no message", hint='write [{"role": "user", "content": "..."}]')
    if len(messages) > MAX_MESSAGES:
        raise DataError(f"there are {len(messages):,} messages", hint=f"use at most {MAX_MESSAGES}")
    for number, each in enumerate(messages, 1):
        _check_message(each, f"message {number}", first=number == 1, last=number == len(messages))
    _check_order(messages)


def _check_message(message: Message, where: str, *, first: bool, last: bool) -> None:
    """Raises DataError where a message is wrong by itself, or in this place."""
    texts = [part.text.strip() for part in message.parts if isinstance(part, Text)]
    faults = (
        (message.role not in get_args(Role), f"unknown role {message.role!r}", f"use {', '.join(get_args(Role))}"),
        (
            message.role == "system" and not first,
            "the system message is not the first",
            "put one system message first, or none",
        ),
        (len(message.parts) > MAX_PARTS, f"the message has {len(message.parts):,} parts", f"use at most {MAX_PARTS}"),
        (
            not any(texts) and (last or not message.images),
            "the message has no text",
            "write what is said, or leave the message out",
        ),
        (not all(texts), "a text of the message is empty", "leave the empty part out"),
        (
            bool(message.images) and message.role != "user",
            f"a picture is in a message of the {message.role}",
            "put pictures into messages of the user",
        ),
    )
    for wrong, what, hint in faults:
        if wrong:
            raise DataError(what, where=where, hint=hint)


def _check_order(messages: Messages) -> None:
    """Raises DataError unless user and assistant take turns, from a user's message to a user's message."""
    turns = turns_of(messages)
    for place, each in enumerate(turns):
        expected = "user" if place % 2 == 0 else "assistant"
        if each.role != expected:
            what = f"expected a message of the {expected}, got one of the {each.role}"
            number = len(messages) - len(turns) + place + 1
            hint = "let user and assistant take turns, the user first; join messages that follow each other"
            raise DataError(what, where=f"message {number}", hint=hint)
    if len(turns) % 2 == 0:
        hint = "end with the message that the model is to answer"
        raise DataError("the last message is not the user's", where=f"message {len(messages)}", hint=hint)
