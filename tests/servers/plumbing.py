"""What every test server shares: it runs, misbehaves as told, and counts. One subclass a provider's protocol."""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from email.utils import formatdate
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.asked import Asked, Kind, Log
from tests.servers.behaviour import Behaviour, Fault, script
from tests.servers.responder import Responder, echo

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
HTML = b"<html><body><h1>Bad gateway</h1></body></html>"


@contextlib.contextmanager
def named(variable: str, url: str) -> Iterator[None]:
    """Name a server in an environment variable, so that a provider's key in the variable of the same pair is for it."""
    if not variable:
        yield
        return
    before = os.environ.get(variable)
    os.environ[variable] = url
    try:
        yield
    finally:
        if os.environ.get(variable) == url:
            if before is None:
                del os.environ[variable]
            else:
                os.environ[variable] = before


class RejectedError(Exception):
    """The request itself is wrong: the status and the body of the reply."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class LocalServer:
    """A server on the loopback interface. Use ``async with server``, or ``with server.in_thread()`` from blocking code.

    ``key``: other keys are refused. ``latency``: seconds before every reply. ``rejects``: names of parameters that
    are answered with the provider's error for an unsupported parameter. ``capacity``: requests in flight
    above which a rate limit is replied. ``links``: pictures are replied as URLs, where the protocol can.

    ``together``: nothing is replied before this many requests have been in flight at once.
    """

    together = 0
    url_variable = ""
    """The environment variable that names this server while it runs, so that a provider's key is for it too: a key goes
    to a host only if both come from the same pair of variables, or if the user names the key."""

    def __init__(
        self,
        *,
        responder: Responder = echo,
        behaviour: Behaviour | None = None,
        latency: float = 0.0,
        key: str = "",
        rejects: frozenset[str] | set[str] = frozenset(),
        capacity: int | None = None,
        links: bool = False,
        port: int = 0,
    ) -> None:
        self.responder = responder
        self.behaviour = behaviour or script()
        self.latency = latency
        self.key = key
        self.rejects = rejects
        self.capacity = capacity
        self.links = links
        self.port = port
        self.log = Log()
        self.files: dict[str, bytes] = {}
        self._runner: web.AppRunner | None = None
        self._named = contextlib.ExitStack()

    # The protocol: what a subclass says.

    def routes(self) -> list[web.RouteDef]:
        raise NotImplementedError

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        """The request in plain terms. Raises RejectedError on a wrong key, an unknown model, a rejected parameter."""
        raise NotImplementedError

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        """The JSON of an answer; ``fault`` is answer, refusal, filter_finish, empty or cut_short."""
        raise NotImplementedError

    def error(self, fault: Fault) -> tuple[int, Any]:
        """The status and the JSON of an error reply."""
        raise NotImplementedError

    # Running.

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def app(self) -> web.Application:
        app = web.Application(client_max_size=256 * 1024 * 1024)
        app.add_routes(self.routes())
        app.router.add_get("/_log", self._show_log)
        app.router.add_get("/_files/{name}", self._file)
        return app

    async def __aenter__(self) -> LocalServer:
        self._runner = web.AppRunner(self.app(), access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, backlog=1024)
        await site.start()
        self.port = self._runner.addresses[0][1]
        self._named.enter_context(named(self.url_variable, self.url))
        return self

    async def __aexit__(self, *_exc: object) -> None:
        assert self._runner is not None
        self._named.close()
        await self._runner.cleanup()

    @contextlib.contextmanager
    def in_thread(self) -> Iterator[LocalServer]:
        """Run in a thread with its own loop, for tests whose main thread waits for a process."""
        loop = asyncio.new_event_loop()
        started = threading.Event()
        stop = asyncio.Event()

        async def serve() -> None:
            async with self:
                started.set()
                await stop.wait()
            hanging = asyncio.all_tasks() - {asyncio.current_task()}
            for task in hanging:
                task.cancel()
            await asyncio.gather(*hanging, return_exceptions=True)

        thread = threading.Thread(target=lambda: loop.run_until_complete(serve()), daemon=True)
        thread.start()
        assert started.wait(10), "the test server did not start"
        try:
            yield self
        finally:
            loop.call_soon_threadsafe(stop.set)
            thread.join(10)
            loop.close()

    # Replying.

    def handler(self, kind: Kind) -> Handler:
        async def handle(request: web.Request) -> web.StreamResponse:
            self.log.in_flight += 1
            self.log.peak = max(self.log.peak, self.log.in_flight)
            try:
                return await self._reply(request, kind)
            finally:
                self.log.in_flight -= 1

        return handle

    async def _reply(self, request: web.Request, kind: Kind) -> web.StreamResponse:
        try:
            asked = await self.read(request, kind)
        except RejectedError as rejected:
            return _json(rejected.body, rejected.status)
        nth = self.log.saw(asked)
        full = self.capacity is not None and self.log.in_flight > self.capacity
        fault = Fault("rate_limit") if full else self.behaviour(asked, nth)
        if self.latency:
            await asyncio.sleep(self.latency)
        while self.log.peak < self.together:  # noqa: ASYNC110 - a test sets it at any time
            await asyncio.sleep(0.01)
        return await self._misbehave(request, asked, fault)

    async def _misbehave(self, request: web.Request, asked: Asked, fault: Fault) -> web.StreamResponse:
        match fault.kind:
            case (
                "answer"
                | "refusal"
                | "filter_finish"
                | "empty"
                | "cut_short"
                | "truncated_image"
                | "wrong_media"
                | "picture"
            ):
                return self._answered(asked, fault)
            case "reset":
                return _reset(request)
            case "hang":
                await asyncio.sleep(3600)
                return _reset(request)
            case "drip":
                return await self._drip(request, asked, fault.value or 1.0)
            case "malformed":
                return web.Response(body=self._body(asked)[:-20], content_type="application/json")
            case "truncated_body":
                return await _truncated(request, self._body(asked))
            case "html":
                return web.Response(body=HTML, content_type="text/html")
            case "wrong_shape":
                return _json({"hello": ["world", 1]})
            case _:
                status, body = self.error(fault)
                return _json(body, status, _retry_after(fault))

    def _answered(self, asked: Asked, fault: Fault) -> web.Response:
        body = self._body(asked, fault)
        if fault.kind == "answer":
            self.log.replied(asked)
        return web.Response(body=body, content_type="application/json")

    def _body(self, asked: Asked, fault: Fault | None = None) -> bytes:
        fault = fault or Fault()
        reply = self.responder(asked)
        if fault.kind == "truncated_image" and isinstance(reply, bytes):
            reply = reply[: len(reply) // 2]
        if fault.kind == "wrong_media" and isinstance(reply, bytes):
            reply = b"%PDF-1.7 this is no picture"
        return msgspec.json.encode(self.answer(asked, reply, fault))

    async def _drip(self, request: web.Request, asked: Asked, seconds: float) -> web.StreamResponse:
        body = self._body(asked)
        response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
        await response.prepare(request)
        step = max(1, len(body) // 20)
        for start in range(0, len(body), step):
            await response.write(body[start : start + step])
            await asyncio.sleep(seconds / 20)
        self.log.replied(asked)
        return response

    def link(self, data: bytes) -> str:
        """A URL under which this server hands out ``data``."""
        name = f"{len(self.files)}.png"
        self.files[name] = data
        return f"{self.url}/_files/{name}"

    async def _file(self, request: web.Request) -> web.Response:
        return web.Response(body=self.files[request.match_info["name"]], content_type="image/png")

    async def _show_log(self, _request: web.Request) -> web.Response:
        return _json(self.log.as_json())


def _json(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    return web.Response(body=msgspec.json.encode(body), status=status, headers=headers, content_type="application/json")


def _retry_after(fault: Fault) -> dict[str, str]:
    if fault.kind not in ("rate_limit", "overloaded") or fault.value is None:
        return {}
    if fault.header == "ms":
        return {"retry-after-ms": str(int(fault.value * 1000))}
    if fault.header == "date":
        return {"Retry-After": formatdate(time.time() + fault.value, usegmt=True)}
    return {"Retry-After": f"{fault.value:g}"}


def _reset(request: web.Request) -> web.Response:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _truncated(request: web.Request, body: bytes) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "application/json", "Content-Length": str(len(body))})
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    assert request.transport is not None
    request.transport.close()
    return response
