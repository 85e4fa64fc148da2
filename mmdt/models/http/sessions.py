"""An aiohttp session for a server that is not trusted, for SDKs that do not use httpx2."""

from __future__ import annotations

from typing import Any

import aiohttp

from mmdt.models.http.limits import Body


def bounded_session(most: int, **options: Any) -> aiohttp.ClientSession:
    """A session whose replies have at most ``most`` bytes, packed or not.

    A larger one, or one that cannot be unpacked, raises aiohttp.ClientPayloadError when it is read.
    """

    class Bounded(aiohttp.ClientResponse):
        async def read(self) -> bytes:
            if self._body is None:
                self._body = await _whole(self, most)
            return self._body

    return aiohttp.ClientSession(response_class=Bounded, auto_decompress=False, **options)


async def _whole(response: aiohttp.ClientResponse, most: int) -> bytes:
    found = bytearray()
    try:
        body = Body(most, response.headers.get("Content-Encoding", ""), response.headers.get("Content-Length"))
        async for chunk in response.content.iter_any():
            found += body.feed(chunk)
    except ValueError as error:
        response.close()
        raise aiohttp.ClientPayloadError(str(error)) from error
    except BaseException:
        response.close()
        raise
    response.release()
    return bytes(found)
