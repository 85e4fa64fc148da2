"""The request fields that an endpoint rejects. Compatible servers differ, and only a request can tell."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Sequence, Set
from typing import Protocol

from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible

log = logging.getLogger(__name__)

_ALIASES = {
    "response_format": ("json_schema", "structured output", "structured outputs", "guided", "grammar"),
    "text": ("json_schema", "text.format", "text.format.type", "structured output", "structured outputs"),
    "response_json_schema": (
        "responseJsonSchema",
        "response_schema",
        "responseSchema",
        "responseMimeType",
        "JSON mode",
    ),
    "outputConfig": ("output_config", "textFormat", "structured output", "structured outputs"),
    "output_config": ("output_config.format", "structured output", "structured outputs"),
    "maxTokens": ("max_tokens",),
}
"""What servers call a field beside its name."""
_AMBIGUOUS = frozenset({"text", "n", "store"})
"""Fields whose names are also words: a message is about them only where it quotes them."""
_TOO_LONG = re.compile(r"(?i)context (length|window)|too (long|large|many)|exceed|maximum")
"""A message about the length of a request: it may name the limit, and the limit is not what is wrong."""
LIMITS = ("max_completion_tokens", "max_tokens")


class Fields(Protocol):
    """Which optional fields a request may have."""

    def accepts(self, name: str, *, matters: bool = True) -> bool: ...

    def first(self, names: Sequence[str]) -> str: ...


class Draft:
    """One request in the making. ``left_out``: the fields that it would have had if the server took them."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self.left_out: tuple[str, ...] = ()

    def accepts(self, name: str, *, matters: bool = True) -> bool:
        """Whether to send this field. Ask only for fields that the request would have. What does not matter for the
        answer is not recorded as left out."""
        accepted = self._dialect.accepts(name)
        if matters and not accepted and name not in self.left_out:
            self.left_out = (*self.left_out, name)
        return accepted

    def first(self, names: Sequence[str]) -> str:
        """The first of several names of one field that the server has not rejected."""
        return self._dialect.first(names)


class Dialect:
    """The request fields that one endpoint has rejected, shared by all requests to it.

    ``optional``: the fields that may be left out without changing what the user asked for.
    """

    def __init__(self, optional: Iterable[str]) -> None:
        self.optional = tuple(sorted(optional))
        self._refused: set[str] = set()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The fields that the server has rejected, but not those that have another name there."""
        return tuple(sorted(self._refused - {*LIMITS}))

    def draft(self) -> Draft:
        """What decides about the fields of one request, and knows what was left out of it."""
        return Draft(self)

    def accepts(self, name: str) -> bool:
        return name not in self._refused

    def first(self, names: Sequence[str]) -> str:
        """The first of several names of one field that the server has not rejected."""
        return next(filter(self.accepts, names), names[0])

    def learn(self, status: int, param: str, message: str, fields: Set[str]) -> str:
        """Remember and return the optional field that this error is about; empty if it is about none.

        ``fields``: those of the request. An error about a field that was not sent is ignored. Whatever the message says
        about a field that mmdt chose to send, the request is better asked without it than not at all. ``param``: where
        the server says which field it means; of several places in a request, separated by spaces, each counts.
        """
        if status not in (400, 422):
            return ""
        sent = [name for name in self.optional if name in fields]
        about = [name for name in sent if _is_named(name, param)]
        if not about and not any(_is_named(name, param) for name in fields):
            about = [name for name in sent if _is_mentioned(name, message)]
        dropped = [name for name in about if name not in LIMITS or self._has_another_name(name, message)]
        for name in dropped:
            if name not in self._refused:
                said = visible(redact(message))
                log.warning("the server does not accept %s, continuing without it: %s", name, said)
                self._refused.add(name)
        return ", ".join(dropped)

    def _has_another_name(self, name: str, message: str) -> bool:
        """Whether the limit on the answer may be sent under its other name: not where the request is too long, and not
        where that name was rejected already."""
        others = [each for each in LIMITS if each != name]
        return name in self._refused or (all(map(self.accepts, others)) and not _TOO_LONG.search(message))


def _is_named(name: str, param: str) -> bool:
    """``param``: ``temperature``, ``text.format.schema``, ``generation_config.temperature``, ``body seed``."""
    return any(name == step for place in param.split() for step in re.split(r"[.\[\]/]", place))


def _is_mentioned(name: str, message: str) -> bool:
    words = [name, _snake(name), *_ALIASES.get(name, ())]
    if name in _AMBIGUOUS:
        quoted = rf"[`'\"]{re.escape(name)}[`'\"]"
        return bool(re.search(quoted, message)) or any(_has(word, message) for word in words[2:])
    return any(_has(word, message) for word in words)


def _has(word: str, message: str) -> bool:
    return re.search(rf"(?i)(?<![\w-]){re.escape(word)}(?![\w-])", message) is not None


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])([A-Z])", r"_\1", name).lower()
