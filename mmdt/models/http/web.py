"""Requests to one server that is not trusted: bounded replies, no redirects, no cookies, the key for this server alone.

The SDKs take half a second to import, and as long to build a request as to send it. All they would add is a few fixed
headers, so requests go out without them; what the services keep in files (batches) still goes through the SDKs.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote, urlsplit, urlunsplit

import aiohttp

from mmdt.models.http.limits import CONNECT, KEEP, Body


@dataclass(frozen=True, slots=True)
class WebReply:
    """What came back, unpacked. The names of ``headers`` may be asked for in any case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300


class Web:
    """The connections to the server at ``url``, opened at the first request.

    ``headers``: of every request. ``proxy``: its address, with credentials. ``timeout``: seconds that the server may be
    silent. ``most``: bytes of one reply, unpacked. ``connections``: how many there may be.
    """

    def __init__(
        self, url: str, headers: Mapping[str, str], proxy: str, *, timeout: float, most: int, connections: int
    ) -> None:
        self._url = url.rstrip("/")
        self._headers = {**headers, "Accept": "application/json", "Accept-Encoding": "gzip, deflate"}
        self._proxy, login = _address_and_login(proxy)
        tunnel = self._url.startswith("https:")
        self._headers |= {} if tunnel else login  # without a tunnel the proxy reads the request itself
        self._proxy_headers = login if tunnel else None
        self._most = most
        self._connections = connections
        self._timeout = aiohttp.ClientTimeout(
            total=None, connect=timeout, sock_connect=min(timeout, CONNECT), sock_read=timeout
        )
        self._session: aiohttp.ClientSession | None = None

    async def send(self, path: str, content: bytes | None = None) -> WebReply:
        """POST ``content``, which is JSON, or GET. Raises what aiohttp raises, TimeoutError, TooLargeError, and
        ValueError for a reply that is packed badly."""
        session = self._session = self._session or self._open()
        method, more = ("GET", {}) if content is None else ("POST", {"Content-Type": "application/json"})
        async with session.request(
            method,
            self._url + path,
            data=content,
            headers=more,
            allow_redirects=False,
            proxy=self._proxy,
            proxy_headers=self._proxy_headers,
        ) as response:
            packed, length = response.headers.get("Content-Encoding", ""), response.headers.get("Content-Length")
            body = Body(self._most, packed, length)
            parts = [body.feed(chunk) async for chunk in response.content.iter_any()]
            return WebReply(response.status, response.headers, b"".join(parts))

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(
            limit=self._connections,
            keepalive_timeout=KEEP,
            ssl=certificates() if self._url.startswith("https:") else True,
        )
        return aiohttp.ClientSession(
            connector=connector,
            headers=self._headers,
            timeout=self._timeout,
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
        )


def _address_and_login(proxy: str) -> tuple[str | None, dict[str, str]]:
    """The address alone and the header of the login: aiohttp takes both in one address, but then shows it whole in its
    errors."""
    if not proxy:
        return None, {}
    parts = urlsplit(proxy)
    address = urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
    if not parts.username:
        return address, {}
    login = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return address, {"Proxy-Authorization": f"Basic {base64.b64encode(login.encode()).decode()}"}


@cache
def certificates() -> ssl.SSLContext:
    """The certificates that the SDKs trust: those of the environment (``SSL_CERT_FILE``), or the usual ones."""
    import httpx2

    return httpx2.create_ssl_context()
