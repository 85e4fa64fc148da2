"""Sends the requests that aiobotocore builds and signs, over a session for a server that is not trusted.

aiobotocore does everything else: credentials, signatures, reading replies and errors. Its own session follows
redirects, with the session token among the headers, and reads replies of any size; this one does neither.
"""

from __future__ import annotations

import io
import ssl
from typing import TYPE_CHECKING, Any
from urllib.request import getproxies

from mmdt.models.http.limits import MAX_REPLY

if TYPE_CHECKING:
    import aiohttp


class Transport:
    """One session. Create it in the event loop that will use it.

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
            trust_env=bool(getproxies()),
        )

    def serve(self, client: Any) -> None:
        """Send the requests of this aiobotocore client from now on (its event ``before-send``)."""
        client.meta.events.register("before-send", self._send)

    async def close(self) -> None:
        await self._session.close()

    async def _send(self, request: Any, **_more: Any) -> Any:
        """The reply, read to its end. ``request``: an AWSPreparedRequest. Raises aiohttp.ClientError."""
        from aiobotocore.awsrequest import AioAWSResponse
        from yarl import URL

        # Send exactly what was signed: do not re-encode the path, and ask for no compression.
        headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        headers.setdefault("Accept-Encoding", "identity")
        url = URL(request.url, encoded=True)
        pending = self._session.request(request.method, url, headers=headers, data=request.body, allow_redirects=False)
        async with pending as response:
            body = await response.read()
            replied = {name.lower(): value for name, value in response.headers.items()}
            for name in ("content-encoding", "content-length"):  # it is unpacked
                replied.pop(name, None)
            return AioAWSResponse(request.url, response.status, replied, _Body(body))


class _Body:
    """A body in memory, with the part of an aiohttp response that aiobotocore reads from."""

    def __init__(self, data: bytes) -> None:
        self._data = io.BytesIO(data)
        self.content = self

    async def read(self, size: int = -1) -> bytes:
        return self._data.read(size)
