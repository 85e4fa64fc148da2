"""Carries what boto3 has built and signed: boto3 waits in a thread while one aiohttp session does the exchange.

boto3's own connections can neither be given up from outside nor bounded in time as a whole, and they take a body that
breaks off for a whole one. So boto3 does everything else (credentials, the request and its signature, the reply and its
errors), and a request that nobody waits for any more closes its connection and frees its thread at once.
"""

from __future__ import annotations

import asyncio
import io
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    import aiohttp
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

T = TypeVar("T")
_Reply = tuple[int, dict[str, str], bytes]


class Abandoned(Exception):  # noqa: N818 - nothing went wrong
    """Nobody waits for this reply any more."""


class Transport:
    """One session and as many threads as requests may be under way. Open it in the event loop that will use it.

    ``patience``: seconds to connect. ``ca_bundle``: a file of certificates in place of the system's.
    """

    def __init__(self, connections: int, patience: float, ca_bundle: str | None) -> None:
        import aiohttp

        trusted = ssl.create_default_context(cafile=ca_bundle) if ca_bundle else True
        self._session: aiohttp.ClientSession = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30.0, ssl=trusted),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=patience),
            trust_env=True,
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="mmdt-bedrock")
        self._mine = threading.local()

    async def call(self, function: Callable[[], T]) -> T:
        """What ``function``, a call of a client that sends through here, returns; its exceptions pass through."""
        exchange = _Exchange(asyncio.get_running_loop())
        try:
            return await exchange.loop.run_in_executor(self._threads, self._within, exchange, function)
        except asyncio.CancelledError:
            exchange.abandon()
            raise

    def send(self, request: AWSPreparedRequest, **_more: Any) -> AWSResponse:
        """The handler for botocore's event ``before-send``, which runs in the thread of the call."""
        from botocore.awsrequest import AWSResponse

        exchange: _Exchange = self._mine.exchange
        status, headers, body = exchange.run(self._carry(request))
        return AWSResponse(request.url, status, headers, _Body(body))

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._session.close()

    def _within(self, exchange: _Exchange, function: Callable[[], T]) -> T:
        self._mine.exchange = exchange
        return function()

    async def _carry(self, request: AWSPreparedRequest) -> _Reply:
        from yarl import URL

        # As it was signed: the path is not to be encoded anew, the body not to be unpacked behind boto3's back.
        headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        headers.setdefault("Accept-Encoding", "identity")
        asked = self._session.request(
            request.method,
            URL(request.url, encoded=True),
            headers=headers,
            data=request.body,
            allow_redirects=False,
        )
        async with asked as response:
            body = await response.read()
            return response.status, {name.lower(): value for name, value in response.headers.items()}, body


class _Exchange:
    """One call's part in the event loop, which may be given up before it began."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._abandoned = False
        self._carried: Future[_Reply] | None = None

    def run(self, carrying: Coroutine[Any, Any, _Reply]) -> _Reply:
        """The reply, waited for in a thread. Raises Abandoned, or whatever the carrying raised."""
        with self._lock:
            if self._abandoned or self.loop.is_closed():
                carrying.close()
                raise Abandoned
            carried = self._carried = asyncio.run_coroutine_threadsafe(carrying, self.loop)
        try:
            return carried.result()
        except CancelledError:
            raise Abandoned from None

    def abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            if self._carried is not None:
                self._carried.cancel()


class _Body(io.BytesIO):
    """A body in memory, in the form of the raw response that botocore reads from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()
