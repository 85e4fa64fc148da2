"""A server that answers every request with the same reply: bodies as providers really send them."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from aiohttp import web


@contextlib.asynccontextmanager
async def replying(reply: web.Response) -> AsyncIterator[str]:
    """The URL of such a server."""

    async def handle(request: web.Request) -> web.Response:
        await request.read()
        return web.Response(body=reply.body, status=reply.status, headers=reply.headers)

    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", handle)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
