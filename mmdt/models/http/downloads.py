"""Downloads pictures that a reply names by URL. The URL comes from the endpoint, so it may point anywhere."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

from mmdt.core.decoding import MAX_BYTES
from mmdt.core.image import Image
from mmdt.errors import DataError
from mmdt.models.http.limits import TooLargeError
from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import visible

if TYPE_CHECKING:
    import aiohttp

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

REDIRECTS = 3
"""Redirects that are followed, each to a URL that is checked like the first one."""
_METADATA = frozenset({ipaddress.ip_address("169.254.169.254"), ipaddress.ip_address("fd00:ec2::254")})
"""Where clouds hand out a machine's credentials."""


async def download(url: str, endpoint: str, timeout: float = 60.0) -> Image:  # noqa: ASYNC109
    """The picture at ``url``. ``endpoint``: the base URL of the endpoint that names it. ``timeout``: seconds in all.

    Only https, or http from the endpoint's own host; no private, loopback or link-local address unless the endpoint is
    at such an address itself, and never a cloud's metadata service; at most ``REDIRECTS`` redirects and ``MAX_BYTES``
    bytes; no key is sent. Raises DataError on anything else.
    """
    import aiohttp

    shown = visible(redact(url.partition("?")[0]))[:200]  # the query of a signed URL works like a key
    try:
        async with asyncio.timeout(timeout), _session(endpoint) as session:
            return Image.from_bytes(await _follow(url, endpoint, session), where=shown)
    except DataError as error:
        raise DataError(error.what, where=shown, hint=error.hint) from error
    except TimeoutError as error:
        raise DataError(f"the picture cannot be downloaded within {timeout:g} s", where=shown) from error
    except (aiohttp.ClientError, OSError, ValueError) as error:
        what = f"the picture cannot be downloaded: {type(error).__name__}"
        for cause in _causes(error):
            if isinstance(cause, DataError | TooLargeError):
                what = cause.what if isinstance(cause, DataError) else f"the picture: {cause}"
        raise DataError(what, where=shown) from error


async def _follow(url: str, endpoint: str, session: aiohttp.ClientSession) -> bytes:
    for _ in range(REDIRECTS + 1):
        await _check(url, endpoint)
        async with session.get(url, allow_redirects=False) as response:
            if response.status in (301, 302, 303, 307, 308) and "Location" in response.headers:
                url = urljoin(url, response.headers["Location"])
                continue
            if response.status != 200:
                raise DataError(f"the picture cannot be downloaded: status {response.status}")
            return await response.read()
    raise DataError(f"the picture is behind more than {REDIRECTS} redirects")


async def _check(url: str, endpoint: str) -> None:
    """Raises DataError unless the URL may be asked for. Names are checked when they are resolved, see ``_Resolver``."""
    parts, own = urlsplit(url), urlsplit(endpoint)
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or not host:
        raise DataError("the reply names a picture that has no http or https URL")
    if parts.scheme == "http" and host != own.hostname:
        raise DataError("the reply names a picture by a plain http URL at another host")
    if parts.username or parts.password:
        raise DataError("the reply names a picture by a URL with a login")
    for address in await _resolve(host, parts.port or 0, strict=not getproxies()):
        await _check_address(address, endpoint)


async def _check_address(address: Address, endpoint: str) -> None:
    if address in _METADATA or (not _public(address) and not await _allows(address, endpoint)):
        raise DataError("the reply names a picture at an address of this machine or of a private network")


async def _allows(address: Address, endpoint: str) -> bool:
    """Whether an address that is not public is as near as the endpoint itself."""
    own = urlsplit(endpoint)
    found = await _resolve(own.hostname or "", own.port or 0, strict=False)
    if address in found or (address.is_loopback and any(each.is_loopback for each in found)):
        return True
    near = not (address.is_loopback or address.is_link_local or address.is_unspecified or address.is_multicast)
    return near and any(not _public(each) for each in found)


def _public(address: Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    return address.is_global and not address.is_multicast and (mapped is None or mapped.is_global)


async def _resolve(host: str, port: int, *, strict: bool) -> list[Address]:
    """The addresses of a host. ``strict``: raise OSError if there is none (a proxy may resolve what we cannot)."""
    try:
        return [ipaddress.ip_address(host)]
    except ValueError:
        pass
    try:
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        if strict:
            raise
        return []
    return [ipaddress.ip_address(str(each[4][0]).partition("%")[0]) for each in found]


def _session(endpoint: str) -> aiohttp.ClientSession:
    import aiohttp
    from aiohttp.abc import AbstractResolver
    from aiohttp.resolver import DefaultResolver

    from mmdt.models.http.sessions import bounded_session

    class Resolver(AbstractResolver):
        """Checks the addresses that are connected to: a name may resolve to another one than a moment ago."""

        def __init__(self) -> None:
            self._inner = DefaultResolver()

        async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET) -> Any:
            found = await self._inner.resolve(host, port, family)
            for each in found:
                await _check_address(ipaddress.ip_address(each["host"].partition("%")[0]), endpoint)
            return found

        async def close(self) -> None:
            await self._inner.close()

    proxied = bool(getproxies())  # a proxy connects by itself, and may be in a private network
    connector = aiohttp.TCPConnector() if proxied else aiohttp.TCPConnector(resolver=Resolver(), use_dns_cache=False)
    return bounded_session(MAX_BYTES, connector=connector, trust_env=proxied, cookie_jar=aiohttp.DummyCookieJar())


def _causes(error: BaseException | None) -> list[BaseException]:
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found
