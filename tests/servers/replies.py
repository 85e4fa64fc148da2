"""Servers that reply with bodies written down beforehand: what providers really send."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Callable, Iterator

from aiohttp import web

Choice = Callable[[web.Request, bytes], web.Response]
"""The reply to a request with this body."""


@contextlib.asynccontextmanager
async def choosing(choose: Choice) -> AsyncIterator[str]:
    """The URL of a server that answers whatever is sent to any of its paths."""

    async def handle(request: web.Request) -> web.Response:
        found = choose(request, await request.read())
        return web.Response(body=found.body, status=found.status, headers=found.headers)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@contextlib.asynccontextmanager
async def replying(reply: web.Response) -> AsyncIterator[str]:
    """The URL of a server that always sends the same reply."""
    async with choosing(lambda _request, _body: reply) as url:
        yield url


@contextlib.contextmanager
def choosing_in_thread(choose: Choice) -> Iterator[str]:
    """The same in a thread, for tests that block."""
    loop, started, found = asyncio.new_event_loop(), threading.Event(), list[str]()
    stop = asyncio.Event()

    async def serve() -> None:
        async with choosing(choose) as url:
            found.append(url)
            started.set()
            await stop.wait()

    thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
    thread.start()
    assert started.wait(10), "the server did not start"
    try:
        yield found[0]
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()
