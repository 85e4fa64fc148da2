"""Sends the requests that boto3 builds and signs: boto3 waits in a thread while an aiohttp session does the exchange.

boto3's own connections cannot be cancelled from outside, have no limit on the total time, and accept a truncated body
as complete. So boto3 does everything else (credentials, building and signing the request, parsing the reply and its
errors), and a cancelled request closes its connection and frees its thread at once.
"""

from __future__ import annotations

import asyncio
import io
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, TypeVar

from mmdt.models.http.limits import MAX_REPLY

if TYPE_CHECKING:
    import aiohttp
    from botocore.awsrequest import AWSPreparedRequest, AWSResponse

T = TypeVar("T")
_Reply = tuple[int, dict[str, str], bytes]


class Abandoned(Exception):  # noqa: N818 - not an error
    """The caller was cancelled and no longer waits for this reply."""


class Transport:
    """One session, and one thread per concurrent request. Create it in the event loop that will use it.

    ``connect_timeout``: in seconds. ``ca_bundle``: a file of certificates to trust instead of the system's. ``most``:
    bytes of one reply."""

    def __init__(self, connections: int, connect_timeout: float, ca_bundle: str | None, most: int = MAX_REPLY) -> None:
        import aiohttp

        from mmdt.models.http.sessions import bounded_session

        trusted = ssl.create_default_context(cafile=ca_bundle) if ca_bundle else True
        self._session: aiohttp.ClientSession = bounded_session(
            most,
            connector=aiohttp.TCPConnector(limit=connections, keepalive_timeout=30.0, ssl=trusted),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=connect_timeout),
            trust_env=True,
        )
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="mmdt-bedrock")
        self._local = threading.local()

    async def call(self, function: Callable[[], T]) -> T:
        """Run ``function``, a boto3 call that sends through this transport, in a thread; return its result or raise its
        exception."""
        exchange = _Exchange(asyncio.get_running_loop())
        try:
            return await exchange.loop.run_in_executor(self._threads, self._run_in_thread, exchange, function)
        except asyncio.CancelledError:
            exchange.abandon()
            raise

    def send(self, request: AWSPreparedRequest, **_more: Any) -> AWSResponse:
        """Handle botocore's ``before-send`` event, which fires in the thread of the call."""
        from botocore.awsrequest import AWSResponse

        exchange: _Exchange = self._local.exchange
        status, headers, body = exchange.run(self._send_async(request))
        return AWSResponse(request.url, status, headers, _Body(body))

    async def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        await self._session.close()

    def _run_in_thread(self, exchange: _Exchange, function: Callable[[], T]) -> T:
        self._local.exchange = exchange
        return function()

    async def _send_async(self, request: AWSPreparedRequest) -> _Reply:
        from yarl import URL

        # Send exactly what was signed: do not re-encode the path, and request no compression boto3 does not expect.
        headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        headers.setdefault("Accept-Encoding", "identity")
        pending = self._session.request(
            request.method,
            URL(request.url, encoded=True),
            headers=headers,
            data=request.body,
            allow_redirects=False,
        )
        async with pending as response:
            body = await response.read()
            replied = {name.lower(): value for name, value in response.headers.items()}
            replied.pop("content-encoding", None)  # it is unpacked
            return response.status, replied, body


class _Exchange:
    """One call's HTTP exchange in the event loop. It can be abandoned before it starts."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self._lock = threading.Lock()
        self._abandoned = False
        self._future: Future[_Reply] | None = None

    def run(self, coroutine: Coroutine[Any, Any, _Reply]) -> _Reply:
        """Wait in the calling thread for the reply. Raises Abandoned, or the exchange's own exception."""
        with self._lock:
            if self._abandoned or self.loop.is_closed():
                coroutine.close()
                raise Abandoned
            future = self._future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        try:
            return future.result()
        except CancelledError:
            raise Abandoned from None

    def abandon(self) -> None:
        with self._lock:
            self._abandoned = True
            if self._future is not None:
                self._future.cancel()


class _Body(io.BytesIO):
    """A body in memory, with the interface of the raw response that botocore reads from."""

    def stream(self) -> Iterator[bytes]:
        yield self.read()
