"""An HTTP client for a server that is not trusted: bounded replies, no redirects, keys for one host only."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2

from mmdt.models.http.limits import Body
from mmdt.models.http.urls import origin

CREDENTIALS = ("authorization", "x-api-key", "api-key", "x-goog-api-key", "cookie")
"""Headers that carry a key."""


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
            request.headers["accept-encoding"] = "gzip, deflate"
            try:
                response: httpx2.Response = await super().send(
                    request, stream=True, **{**more, "follow_redirects": False}
                )
            except (httpx2.HTTPError, asyncio.CancelledError, TimeoutError):
                raise
            except Exception as error:
                raise _broken(error, request) from error
            try:
                body = Body(most, response.headers.get("content-encoding", ""), response.headers.get("content-length"))
                response.headers.pop("content-encoding", None)
                response.stream = _BoundedStream(response.stream, body, request)
                if not stream:
                    await response.aread()
            except BaseException as error:
                await response.aclose()
                if isinstance(error, ValueError):
                    raise _broken(error, request) from error
                raise
            return response

    return Guarded(follow_redirects=False, **options)


class _BoundedStream(httpx2.AsyncByteStream):
    def __init__(self, stream: Any, body: Body, request: httpx2.Request) -> None:
        self._stream = stream
        self._body = body
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for chunk in self._stream:
                yield self._body.feed(chunk)
        except (httpx2.HTTPError, asyncio.CancelledError, GeneratorExit, TimeoutError):
            raise
        except Exception as error:
            raise _broken(error, self._request) from error

    async def aclose(self) -> None:
        await self._stream.aclose()


def _broken(error: Exception, request: httpx2.Request) -> httpx2.RemoteProtocolError:
    return httpx2.RemoteProtocolError(str(error) or type(error).__name__, request=request)
