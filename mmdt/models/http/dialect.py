"""The request fields that an endpoint rejects. Compatible servers differ, and only a request can tell."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Set

from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible

log = logging.getLogger(__name__)

_REFUSES = re.compile(r"(?i)unsupported|not support|unknown|unrecogni[sz]ed|not permitted|invalid|extra|deprecated")
_ALIASES = {
    "response_format": ("json_schema", "guided", "grammar"),
    "text": ("json_schema", "text.format"),
    "response_json_schema": ("responseJsonSchema", "JSON mode"),
    "outputConfig": ("output_config", "textFormat", "structured output", "structured outputs"),
}


class Dialect:
    """The request fields that one endpoint has rejected, shared by all requests to it.

    ``optional``: the fields that may be left out without changing what the user asked for.
    """

    def __init__(self, optional: Iterable[str]) -> None:
        self._optional = tuple(optional)
        self._refused: set[str] = set()

    def accepts(self, name: str) -> bool:
        return name not in self._refused

    def learn(self, status: int, param: str, message: str, fields: Set[str]) -> str:
        """Remember and return the optional field that this error is about; empty if it is about none.

        ``fields``: those of the request. An error about a field that was not sent is ignored.
        """
        if status not in (400, 422):
            return ""
        for name in self._optional:
            if name in fields and _is_about(name, param, message):
                if name not in self._refused:
                    said = visible(redact(message))
                    log.warning("the server does not accept %s, continuing without it: %s", name, said)
                self._refused.add(name)
                return name
        return ""


def _is_about(name: str, param: str, message: str) -> bool:
    if param:
        return param.partition(".")[0] == name
    words = (name, *_ALIASES.get(name, ()))
    return bool(_REFUSES.search(message)) and any(re.search(rf"\b{re.escape(word)}\b", message) for word in words)
