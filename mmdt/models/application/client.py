"""Sends one request to an application and turns everything that can go wrong into an output."""

from __future__ import annotations

import asyncio
from collections.abc import Set
from typing import TYPE_CHECKING

import msgspec

from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.errors import UsageError
from mmdt.models.application.settings import ApplicationSettings, filled
from mmdt.models.http.client import http_phrase
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, bad_reply, from_status, no_key, redact, timed_out, unreachable, without
from mmdt.models.http.limits import CONNECT
from mmdt.models.http.signals import Meaning, meaning_of

if TYPE_CHECKING:
    import httpx2

MAX_REPLY = 128 * 1024 * 1024
"""Bytes of a reply that are read: a picture in base64 and some text beside it."""


class ApplicationClient:
    """The connections to one application, opened at the first request."""

    def __init__(self, settings: ApplicationSettings) -> None:
        self._settings = settings
        self.dialect = Dialect(("seed",))
        self._web: httpx2.AsyncClient | None = None

    async def ask(self, body: object, fields: Set[str] = frozenset()) -> bytes | Output:
        """The body of the reply to one attempt, or an Output that says why there is none. ``fields``: those of the
        request that may be left out."""
        settings = self._settings
        try:
            headers, query = filled(settings.headers, settings.url), filled(settings.query, settings.url)
        except KeyError as error:
            return no_key(error.args[0], "the application")
        except UsageError as error:
            return Output.failed(FailureKind.AUTH, str(error), fatal=True)
        content = msgspec.json.encode(body)
        names = {name.lower() for name in headers}
        headers |= {} if "content-type" in names else {"Content-Type": "application/json"}
        secrets = [*headers.values(), *query.values()]
        return await self._send(content, headers, query, secrets, fields)

    async def _send(
        self, content: bytes, headers: dict[str, str], query: dict[str, str], secrets: list[str], fields: Set[str]
    ) -> bytes | Output:
        import httpx2

        settings = self._settings
        try:
            async with (
                asyncio.timeout(settings.timeout),
                self.web().stream(
                    settings.method, settings.url, content=content, headers=headers, params=query or None
                ) as response,
            ):
                reply = await _limited(response)
                if reply is None:
                    return bad_reply(f"the reply has more than {MAX_REPLY:,} bytes")
                return reply if response.is_success else self._refused(response, reply, secrets, fields)
        except (TimeoutError, httpx2.TimeoutException):
            return timed_out(settings.url, settings.timeout)
        except httpx2.HTTPError as error:
            return unreachable(settings.url, error, "")

    def _refused(self, response: httpx2.Response, reply: bytes, secrets: list[str], fields: Set[str]) -> Output:
        text = redact(reply.decode("utf-8", "replace"), *secrets) or http_phrase(response.status_code)
        if meaning_of(response.status_code, (), text, self._settings.filter_patterns) is Meaning.FILTER:
            return Output.refused(RefusedBy.FILTER, text)
        if dropped := self.dialect.learn(response.status_code, "", text, fields):
            return without(dropped)
        keys = " or ".join(self._settings.variables) or "that the headers should name"
        return from_status(response.status_code, text, response.headers, Call(self._settings.url, keys))

    def web(self) -> httpx2.AsyncClient:
        """The plain HTTP client, which sends no header by itself."""
        if self._web is None:
            import httpx2

            most = self._settings.concurrency + 64
            self._web = httpx2.AsyncClient(
                limits=httpx2.Limits(max_connections=most, keepalive_expiry=30.0),
                timeout=httpx2.Timeout(self._settings.timeout, connect=min(self._settings.timeout, CONNECT)),
                follow_redirects=False,
            )
        return self._web

    async def close(self) -> None:
        if self._web is not None:
            await self._web.aclose()
            self._web = None


async def _limited(response: httpx2.Response) -> bytes | None:
    """The body; None if it is longer than ``MAX_REPLY``."""
    data = bytearray()
    async for chunk in response.aiter_bytes():
        data += chunk
        if len(data) > MAX_REPLY:
            return None
    return bytes(data)
