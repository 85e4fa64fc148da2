"""An HTTP client for a server that is not trusted: bounded replies, no redirects, keys for one host only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import cache
from importlib import import_module
from types import ModuleType
from typing import Any

import httpx2

from mmdt.models.http.limits import Body
from mmdt.models.http.urls import origin

CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie")
"""Headers that carry a key."""
_DEPTH = 3
"""Attributes between a provider of another library and its HTTP client, at most."""


def guarded(client: type[Any], url: str, *, send_key: bool, most: int, **options: Any) -> httpx2.AsyncClient:
    """An instance of the SDK's ``client`` class that

    * sends the key only to the server at ``url``, and only if ``send_key`` (SDKs look for keys on their own),
    * never follows a redirect: the next host would get the request and, with some headers, the key,
    * reads at most ``most`` bytes of a reply, packed or not,
    * reports every fault of the transport as one of httpx2's errors, so that the SDK reports it as a network error.
    """

    class Guarded(client):  # type: ignore[misc]
        async def send(self, request: httpx2.Request, *, stream: bool = False, **more: Any) -> httpx2.Response:
            if not send_key or origin(str(request.url)) != origin(url):
                for name in CREDENTIALS:
                    request.headers.pop(name, None)
            found: httpx2.Response = await _bounded(httpx2, super().send, request, most, stream, more)
            return found

    return Guarded(follow_redirects=False, **options)


def bound_clients(owner: object, most: int) -> int:
    """Make every httpx or httpx2 client that a library's object holds read at most ``most`` bytes of a reply and follow
    no redirect; returns how many there are."""
    clients = list(_clients(owner, _DEPTH, set()))
    for client in clients:
        _bound(client, most)
    return len(clients)


def _clients(owner: object, depth: int, seen: set[int]) -> list[Any]:
    if id(owner) in seen or not hasattr(owner, "__dict__"):
        return []
    seen.add(id(owner))
    if _web_of(owner) is not None:
        return [owner]
    held = list(vars(owner).values()) if depth else []
    return [each for value in held for each in _clients(value, depth - 1, seen)]


def _web_of(client: object) -> ModuleType | None:
    """The library whose asynchronous client this is, if it is one."""
    for kind in type(client).__mro__:
        library = kind.__module__.partition(".")[0]
        if kind.__name__ == "AsyncClient" and library in ("httpx", "httpx2"):
            return import_module(library)
    return None


def _bound(client: Any, most: int) -> None:
    web, inner = _web_of(client), client.send

    async def send(request: Any, *, stream: bool = False, **more: Any) -> Any:
        return await _bounded(web, inner, request, most, stream, more)

    client.send = send


async def _bounded(
    web: Any, send: Callable[..., Awaitable[Any]], request: Any, most: int, stream: bool, more: dict[str, Any]
) -> Any:
    """The response to ``request``, whose body is bounded. ``web``: httpx or httpx2."""
    request.headers["accept-encoding"] = "gzip, deflate"
    try:
        response = await send(request, stream=True, **{**more, "follow_redirects": False})
    except (web.HTTPError, asyncio.CancelledError, TimeoutError):
        raise
    except Exception as error:
        raise _broken(web, error, request) from error
    try:
        body = Body(most, response.headers.get("content-encoding", ""), response.headers.get("content-length"))
        response.headers.pop("content-encoding", None)
        response.stream = _bounded_stream(web)(response.stream, body, request)
        if not stream:
            await response.aread()
    except BaseException as error:
        await response.aclose()
        if isinstance(error, ValueError):
            raise _broken(web, error, request) from error
        raise
    return response


@cache
def _bounded_stream(web: Any) -> Callable[[Any, Body, Any], Any]:
    """The class of bounded streams for httpx or httpx2."""

    class BoundedStream(web.AsyncByteStream):  # type: ignore[misc]
        def __init__(self, stream: Any, body: Body, request: Any) -> None:
            self._stream = stream
            self._body = body
            self._request = request

        async def __aiter__(self) -> AsyncIterator[bytes]:
            try:
                async for chunk in self._stream:
                    yield self._body.feed(chunk)
            except (web.HTTPError, asyncio.CancelledError, GeneratorExit, TimeoutError):
                raise
            except Exception as error:
                raise _broken(web, error, self._request) from error

        async def aclose(self) -> None:
            await self._stream.aclose()

    return BoundedStream


def _broken(web: Any, error: Exception, request: Any) -> Exception:
    found: Exception = web.RemoteProtocolError(str(error) or type(error).__name__, request=request)
    return found
