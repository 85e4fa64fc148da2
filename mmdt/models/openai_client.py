"""The official SDK's client, tuned for hundreds of requests in flight, and its exceptions as outputs.

Requests go through the SDK's generic ``post`` with a body that is already JSON, and its replies are read as they came:
building and validating them with pydantic would cost more than the whole of the rest. The SDK's own retries are
off, so that every attempt is counted once, by the engine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mmdt.core.output import FailureKind, Output
from mmdt.models.dialect import Dialect
from mmdt.models.failures import bad_reply, no_key, redact
from mmdt.models.keys import read_key
from mmdt.models.openai_errors import error_output, read_error
from mmdt.models.openai_settings import CONCURRENCY, OpenAISettings

if TYPE_CHECKING:
    import httpx2
    from openai import APIConnectionError, APIStatusError, AsyncOpenAI

T = TypeVar("T")


class Listed(msgspec.Struct):
    id: str


class Listing(msgspec.Struct):
    data: list[Listed]


class OpenAIClient:
    """One endpoint. Bodies may hold ``msgspec.Raw`` parts, which go out untouched."""

    def __init__(self, settings: OpenAISettings, dialect: Dialect) -> None:
        self._settings = settings
        self._dialect = dialect
        self._key = read_key(settings.api_key_env)
        self._opened: tuple[AsyncOpenAI, httpx2.AsyncClient] | None = None
        self._opening = asyncio.Lock()

    async def ask(self, path: str, body: Mapping[str, Any], kind: type[T]) -> T | Output:
        """The reply to one attempt as ``kind``, or the Output that says why there is none."""
        reply = await self._send(path, body)
        return reply if isinstance(reply, Output) else decode(reply, kind)

    async def models(self) -> list[str] | Output:
        """The names of the models the endpoint lists, or the Output that says why there are none."""
        reply = await self._send("/models", None)
        found = reply if isinstance(reply, Output) else decode(reply, Listing)
        return found if isinstance(found, Output) else [model.id for model in found.data]

    async def _send(self, path: str, body: Mapping[str, Any] | None) -> bytes | Output:
        if not self._key and self._settings.official:
            return no_key(self._settings.api_key_env, "OpenAI")
        sdk, _ = await self._open()
        import httpx2
        import openai

        try:
            async with asyncio.timeout(self._settings.timeout):
                if body is None:
                    return (await sdk.get(path, cast_to=httpx2.Response)).content
                return (await sdk.post(path, cast_to=httpx2.Response, content=msgspec.json.encode(body))).content
        except TimeoutError:
            return self._timeout()
        except openai.APIStatusError as error:
            return self._status(error, body or {})
        except openai.APIConnectionError as error:
            return self._connection(error)

    @property
    def has_key(self) -> bool:
        return bool(self._key)

    async def web(self) -> httpx2.AsyncClient:
        """The bare HTTP client, without the key: for pictures that a reply names by URL."""
        return (await self._open())[1]

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened[0].close()
            self._opened = None

    async def _open(self) -> tuple[AsyncOpenAI, httpx2.AsyncClient]:
        if self._opened is not None:
            return self._opened
        async with self._opening:
            if self._opened is None:
                # Importing the SDK takes most of a second: other work of the loop goes on meanwhile.
                self._opened = await asyncio.to_thread(self._build)
            return self._opened

    def _build(self) -> tuple[AsyncOpenAI, httpx2.AsyncClient]:
        import httpx2
        from openai import AsyncOpenAI, DefaultAioHttpClient

        settings = self._settings
        # More than the engine's ceiling: a transport that queues would hide the queue from the adaptive limit.
        limits = httpx2.Limits(max_connections=CONCURRENCY + 64, keepalive_expiry=30.0)
        timeout = httpx2.Timeout(settings.timeout, connect=min(settings.timeout, 30.0))
        web = DefaultAioHttpClient(limits=limits, timeout=timeout, follow_redirects=False)
        sdk = AsyncOpenAI(
            api_key=self._key or "none",
            base_url=settings.base_url,
            organization=settings.organization,
            project=settings.project,
            max_retries=0,
            http_client=web,
        )
        return sdk, web

    def _status(self, error: APIStatusError, body: Mapping[str, Any]) -> Output:
        try:
            data = msgspec.json.decode(error.response.content)
        except msgspec.DecodeError:
            data = None
        found = read_error(data, error.response.text or error.response.reason_phrase)
        dropped = self._dialect.learn(error.status_code, found.param, found.message, body)
        if dropped:
            text = f"the server does not accept {dropped}; asked again without it"
            return Output.failed(FailureKind.BAD_REQUEST, text, retryable=True, retry_after=0.0)
        headers = error.response.headers
        return error_output(error.status_code, found, headers, self._settings.api_key_env, self._key)

    def _connection(self, error: APIConnectionError) -> Output:
        cause: BaseException = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        # The transport reports a connection that the server closed as a timeout as well; the first cause tells.
        if isinstance(cause, TimeoutError):
            return self._timeout()
        reason = redact(f"{type(cause).__name__} {cause}", self._key)
        text = f"no connection to {self._settings.base_url}: {reason}"
        return Output.failed(FailureKind.NETWORK, text, retryable=True)

    def _timeout(self) -> Output:
        text = f"no whole reply from {self._settings.base_url} within {self._settings.timeout:g} s"
        return Output.failed(FailureKind.TIMEOUT, text, retryable=True)


def decode(reply: bytes, kind: type[T]) -> T | Output:
    """A reply as ``kind``, or the Output that says what is wrong with it."""
    try:
        return msgspec.json.decode(reply, type=kind)
    except msgspec.ValidationError as error:
        return bad_reply(f"the reply has an unknown shape: {error}")
    except msgspec.DecodeError as error:
        start = redact(reply[:80].decode("utf-8", "replace"))
        return bad_reply(f"the reply is not JSON ({error}): {start}")
