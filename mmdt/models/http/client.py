"""A client of one endpoint, tuned for hundreds of requests in flight. It turns exceptions into outputs.

Requests go out without the official SDKs (see ``web``) wherever their headers are fixed. Files and batches go through
the SDKs, and so do requests whose headers only an SDK knows. The SDKs of OpenAI and Anthropic come from the same
generator and have the same shape: requests go through the generic ``post`` with a body that is already JSON, and
replies are decoded from the raw bytes, because the SDKs' pydantic validation would cost more than everything else.
Their own retries are off, so that the engine counts every attempt.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Mapping, Set
from dataclasses import dataclass
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from mmdt.core.output import Output
from mmdt.models.http.batch_results import UPLOADING
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, bad_reply, no_key, redact, timed_out, unreachable
from mmdt.models.http.keys import KeyChoice
from mmdt.models.http.limits import BATCH_FILES, CONNECT, KEEP, MAX_REPLY, TooLargeError, larger
from mmdt.models.http.proxies import proxy_address
from mmdt.models.http.streams import at_once
from mmdt.models.http.usage import count

if TYPE_CHECKING:
    import httpx2

    from mmdt.models.http.web import Web

CONCURRENCY = 256
START_CONCURRENCY = 32
SPARE = 64
"""Connections beyond the engine's ceiling: if the transport queued requests, the adaptive limit would not see it."""

T = TypeVar("T")
R = TypeVar("R")


def sdk_imports(module: str) -> tuple[str, ...]:
    """The modules that the first request through this SDK imports (the last one only to find the certificates)."""
    return module, "httpx2", "httpcore2"


def web_imports(url: str) -> tuple[str, ...]:
    """The modules that the first request without an SDK imports."""
    certificates = ("httpx2", "httpcore2") if url.startswith("https:") else ()
    return "mmdt.models.http.web", *certificates


@dataclass(frozen=True, slots=True)
class Access:
    """How to reach an endpoint. ``timeout``: seconds for one attempt. ``max_bytes``: of one reply, unpacked."""

    service: str
    url: str
    key: KeyChoice
    key_needed: bool
    timeout: float
    max_bytes: int = MAX_REPLY

    @property
    def key_env(self) -> str:
        """The variable to name in messages about the key."""
        return self.key.shown

    def call(self, secret: str, url: str = "") -> Call:
        """What a failure message needs to know."""
        return Call(url or self.url, self.key_env, secret, self.key.withheld)


class ListedModel(msgspec.Struct):
    id: str


class ModelList(msgspec.Struct):
    data: list[ListedModel]


class ErrorReply(msgspec.Struct):
    """``code`` beside ``message``, without ``error``: the whole reply is the error."""

    error: Any = None
    code: Any = None
    message: Any = None


class SdkClient:
    """The client of one endpoint. Bodies may contain ``msgspec.Raw`` parts, which are sent unchanged.

    A subclass names the SDK's ``module``, builds its client and reads its errors. ``lists_models``: whether the names
    that the endpoint lists are the names to use in requests.
    """

    module = ""
    models_path = "/models"
    lists_models = True

    def __init__(self, access: Access, dialect: Dialect) -> None:
        self.access = access
        self.dialect = dialect
        self._key = access.key.read(access.url)
        self._opened: tuple[Any, httpx2.AsyncClient] | None = None
        self._opening = asyncio.Lock()
        self._web: Web | None = None

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        """The SDK's client on top of ``web``, with its own retries off. Whoever changes what it sends also says so in
        ``_headers``, since most requests go out without it."""
        raise NotImplementedError

    def _headers(self) -> dict[str, str] | None:
        """The headers of every request, with the key if it is sent; None where only the SDK knows them."""
        return None

    def _refused(
        self, status: int, data: Any, fallback: str, headers: Mapping[str, str], fields: Set[str], call: Call
    ) -> Output:
        """The output for an error status. ``data``: the reply or None (not JSON). ``fields``: the request's."""
        raise NotImplementedError

    @property
    def imports(self) -> tuple[str, ...]:
        """The modules that the first request imports."""
        return sdk_imports(self.module) if self._headers() is None else web_imports(self.access.url)

    @property
    def has_key(self) -> bool:
        return bool(self._key)

    @property
    def sends_key(self) -> bool:
        """Whether requests carry a key or a token."""
        return bool(self._key)

    async def ask(self, path: str, body: Mapping[str, Any], kind: type[T]) -> T | Output:
        """The reply to one attempt as ``kind``, or an Output that says why there is none.

        Callers should not keep ``body``: with hundreds of requests in flight, each picture would be in memory twice.
        """
        content, fields = msgspec.json.encode(body), frozenset(body)
        del body
        reply = await self._send(path, content, fields)
        if isinstance(reply, Output):
            return reply
        found = decode(reply, kind)
        return (self._error_in(reply, fields) or found) if isinstance(found, Output) else found

    async def models(self) -> list[str] | Output:
        """The names of the models that the endpoint lists, or an Output that says why there are none."""
        reply = await self._send(self.models_path)
        found = reply if isinstance(reply, Output) else decode(reply, ModelList)
        return found if isinstance(found, Output) else [model.id for model in found.data]

    async def close(self) -> None:
        if self._opened is not None:
            await self._opened[0].close()
            self._opened = None
        if self._web is not None:
            await self._web.close()
            self._web = None

    async def get(self, path: str, kind: type[T]) -> T | Output:
        """GET ``path``; the reply as ``kind``, or an Output that says why there is none."""
        reply = await self._send(path)
        return reply if isinstance(reply, Output) else decode(reply, kind)

    async def call(
        self,
        action: Callable[[Any], Awaitable[R]],
        fields: Set[str] = frozenset(),
        timeout: float = 0.0,  # noqa: ASYNC109
    ) -> R | Output:
        """The result of ``action``, which is called with the SDK's client, or an Output that says why there is none.

        ``timeout``: seconds it may take, if not those of one attempt at a request.
        """
        if not self._key and self.access.key_needed:
            return no_key(self.access.key_env, self.access.service, self.access.key.withheld)
        sdk, _ = await self._open()
        errors = import_module(self.module)
        seconds = timeout or self.access.timeout
        try:
            async with asyncio.timeout(seconds):
                return await action(sdk)
        except TimeoutError:
            return timed_out(self.access.url, seconds)
        except errors.APIStatusError as error:
            return self._status(error.response, fields)
        except errors.APIConnectionError as error:
            return self._connection(error)

    async def download(self, action: Callable[[Any], Awaitable[R]]) -> R | Output:
        """Like :meth:`call`, for a file of answers: it may take long and may be much larger than one reply."""
        with larger(BATCH_FILES):
            return await self.call(action, timeout=UPLOADING)

    def refused(
        self, status: int, content: bytes, headers: Mapping[str, str], fields: Set[str] = frozenset(), url: str = ""
    ) -> Output:
        """The output for a reply with an error status. ``fields``: those of the request; ``url``: where it was sent."""
        content = at_once(content)
        try:
            data = msgspec.json.decode(content)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            data = None
        fallback = redact(content.decode("utf-8", "replace"), self._key) or http_phrase(status)
        call = self.access.call(self._key, url)
        return self._refused(status, data, fallback, headers, fields, call)

    def _error_in(self, reply: bytes, fields: Set[str]) -> Output | None:
        """The error in a reply with status 200, if any: gateways report errors behind them in this way. Its code is
        used as the status if it is one, as a number or as text."""
        try:
            found = msgspec.json.decode(reply, type=ErrorReply)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return None
        said = found.error.get("code", found.code) if isinstance(found.error, Mapping) else found.code
        code = count(said) or 0
        if not found.error and not (400 <= code < 600 and found.message):
            return None
        return self.refused(code if 400 <= code < 600 else HTTPStatus.OK, reply, {}, fields)

    async def _send(self, path: str, content: bytes | None = None, fields: Set[str] = frozenset()) -> bytes | Output:
        async def send(sdk: Any) -> bytes:
            import httpx2

            if content is None:
                reply = await sdk.get(path, cast_to=httpx2.Response)
            else:
                reply = await sdk.post(path, cast_to=httpx2.Response, content=content)
            return at_once(bytes(reply.content))

        web = self._web or await self._direct()
        return await (self.call(send, fields) if web is None else self._send_direct(web, path, content, fields))

    async def _direct(self) -> Web | None:
        """What sends requests without the SDK; None where the SDK must send them."""
        headers = self._headers()
        if headers is None or os.environ.get(f"{self.module.upper()}_CUSTOM_HEADERS"):
            return None
        proxy = proxy_address(self.access.url)
        if proxy and not proxy.startswith(("http://", "https://")):
            return None
        async with self._opening:
            if self._web is None:
                from mmdt.models.http.web import Web  # importing it takes a tenth of a second

                access, most = self.access, CONCURRENCY + SPARE
                self._web = Web(
                    access.url, headers, proxy, timeout=access.timeout, most=access.max_bytes, connections=most
                )
            return self._web

    async def _send_direct(self, web: Web, path: str, content: bytes | None, fields: Set[str]) -> bytes | Output:
        import aiohttp

        access = self.access
        if not self._key and access.key_needed:
            return no_key(access.key_env, access.service, access.key.withheld)
        try:
            async with asyncio.timeout(access.timeout):
                reply = await web.send(path, content)
        except TimeoutError:
            return timed_out(access.url, access.timeout)
        except aiohttp.ClientHttpProxyError as error:  # the proxy refuses to connect
            return self.refused(error.status, b"", {}, fields)
        except Exception as error:  # whatever a server may do to a transport
            return self._connection(error)
        if not reply.is_success:
            asked = f"{access.url}{path}".partition("?")[0]
            return self.refused(reply.status, reply.content, reply.headers, fields, asked)
        return at_once(reply.content)

    async def _open(self) -> tuple[Any, httpx2.AsyncClient]:
        if self._opened is not None:
            return self._opened
        async with self._opening:
            if self._opened is None:
                # Importing the SDK takes most of a second. In a thread, it does not block the loop.
                self._opened = await asyncio.to_thread(self._prepare)
            return self._opened

    def _prepare(self) -> tuple[Any, httpx2.AsyncClient]:
        import httpx2

        timeout = self.access.timeout
        from mmdt.models.http.guard import guarded

        web = guarded(
            import_module(self.module).DefaultAioHttpClient,
            self.access.url,
            send_key=self.sends_key,
            most=self.access.max_bytes,
            limits=httpx2.Limits(max_connections=CONCURRENCY + SPARE, keepalive_expiry=KEEP),
            timeout=httpx2.Timeout(timeout, connect=min(timeout, CONNECT)),
        )
        return self._build(web, self._key or "none"), web

    def _status(self, response: httpx2.Response, fields: Set[str]) -> Output:
        asked = str(response.request.url).partition("?")[0]
        return self.refused(response.status_code, response.content, response.headers, fields, asked)

    def _connection(self, error: BaseException) -> Output:
        cause = error
        while cause.__cause__ is not None:
            cause = cause.__cause__
        # The transport also reports a connection closed by the server as a timeout. The first cause tells them apart.
        if isinstance(cause, TimeoutError):
            return timed_out(self.access.url, self.access.timeout)
        if isinstance(cause, TooLargeError):
            return bad_reply(str(cause))
        return unreachable(self.access.url, cause, self._key)


def http_phrase(status: int) -> str:
    """The HTTP reason phrase of the status; the number if it has none."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return f"status {status}"


def decode(reply: bytes | str, kind: type[T]) -> T | Output:
    """A reply as ``kind``, or an Output that says what is wrong with it."""
    reply = reply.lstrip("\ufeff") if isinstance(reply, str) else at_once(reply)
    try:
        return msgspec.json.decode(reply, type=kind)
    except msgspec.ValidationError as error:
        return bad_reply(f"the reply has an unexpected format: {redact(str(error))}")
    except RecursionError:
        return bad_reply("the reply is nested too deeply")
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # Replace keys before cutting: half a key is a secret too.
        start = redact(reply[:4000] if isinstance(reply, str) else reply[:4000].decode("utf-8", "replace"))[:80]
        if start.startswith("<"):
            return bad_reply(f"the reply is a web page: check that the base URL is the URL of an API ({start})")
        return bad_reply(f"the reply is not JSON ({error}): {start}")
