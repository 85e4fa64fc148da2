"""What a test server was asked, in terms no provider owns, and the log of it."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["text", "image"]


Turn = tuple[str, tuple[str | bytes, ...]]
"""The role (``user`` or ``assistant``) and the parts of a message: texts, and pictures as bytes."""


def texts(turn: Turn) -> str:
    return "".join(part for part in turn[1] if isinstance(part, str))


def pictures(turns: Iterable[Turn]) -> tuple[bytes, ...]:
    return tuple(part for _, parts in turns for part in parts if isinstance(part, bytes))


@dataclass(frozen=True)
class Asked:
    """One request, whatever protocol it came in: what must come out, and everything the client sent.

    ``prompt`` is the text of the last turn, ``images`` are the pictures of all turns.
    """

    kind: Kind
    prompt: str
    images: tuple[bytes, ...] = ()
    system: str = ""
    model: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()

    @property
    def seed(self) -> int | None:
        return self.params.get("seed")

    @property
    def content(self) -> str:
        """The same for every request with the same system, prompt, images and seed."""
        return self._digest(self.kind, self.system, self.prompt, self.seed)

    @property
    def question(self) -> str:
        """The same for every request with the same prompt and images, whatever client and settings it comes from."""
        return self._digest(self.prompt)

    def _digest(self, *words: object) -> str:
        digest = hashlib.sha256(repr(words).encode())
        for image in self.images:
            digest.update(hashlib.sha256(image).digest())
        return digest.hexdigest()[:16]


@dataclass
class Log:
    """What the server has seen. ``answered`` counts the replies that a client could use in full."""

    requests: int = 0
    answered: int = 0
    in_flight: int = 0
    peak: int = 0
    by_content: Counter[str] = field(default_factory=Counter)
    by_prompt: Counter[str] = field(default_factory=Counter)
    by_question: Counter[str] = field(default_factory=Counter)
    answered_by_content: Counter[str] = field(default_factory=Counter)
    last: Asked | None = None

    def saw(self, asked: Asked) -> int:
        """Note a request; returns how often this content has been asked, this time included."""
        self.requests += 1
        self.last = asked
        self.by_prompt[asked.prompt] += 1
        self.by_question[asked.question] += 1
        self.by_content[asked.content] += 1
        return self.by_content[asked.content]

    def replied(self, asked: Asked) -> None:
        self.answered += 1
        self.answered_by_content[asked.content] += 1

    def as_json(self) -> dict[str, Any]:
        return {
            "requests": self.requests,
            "answered": self.answered,
            "peak": self.peak,
            "by_content": dict(self.by_content),
            "by_prompt": dict(self.by_prompt),
            "by_question": dict(self.by_question),
            "answered_by_content": dict(self.answered_by_content),
        }
