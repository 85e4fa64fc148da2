"""Requests that are like an earlier one but for their body: building each anew takes an SDK as long as sending it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx2

_OF_THE_BODY = ("content-length", "transfer-encoding")
_OF_ONE_REQUEST = ("idempotency-key", "x-request-id")


@dataclass(frozen=True, slots=True)
class RepeatedRequest:
    """The address, the headers and the time limits of a request that an SDK has built and a server has answered."""

    method: str
    url: httpx2.URL
    headers: httpx2.Headers
    extensions: dict[str, Any]

    @classmethod
    def of(cls, sent: httpx2.Request) -> RepeatedRequest | None:
        """None where a header names this one request, so that none may be like it."""
        headers = httpx2.Headers(sent.headers)
        if any(name in headers for name in _OF_ONE_REQUEST):
            return None
        for name in _OF_THE_BODY:
            headers.pop(name, None)
        timeout = {name: value for name, value in sent.extensions.items() if name == "timeout"}
        return cls(sent.method, sent.url, headers, timeout)

    def with_body(self, content: bytes) -> httpx2.Request:
        return httpx2.Request(
            self.method, self.url, headers=self.headers, content=content, extensions=dict(self.extensions)
        )
