"""The page's server: a few routes around a desk."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.errors import MmdtError, UsageError
from mmdt.server.desk import Desk
from mmdt.server.guard import HOST, App, Guard, new_token

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_ASSETS = {"label.js": "text/javascript", "label.css": "text/css"}
_PICTURES = frozenset({"image/png", "image/jpeg", "image/webp", "image/gif"})


class _Routes:
    """What each address of the page answers."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._writing = asyncio.Lock()

    async def page(self, _: Request) -> Response:
        return _response(_asset("label.html"), "text/html")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        return _response(_asset(name), _ASSETS[name]) if name in _ASSETS else _response(b"", "text/plain", 404)

    async def state(self, request: Request) -> Response:
        return await _answer(lambda: self._desk.state(request.query_params.get("annotator", "")))

    async def item(self, request: Request) -> Response:
        return await _answer(lambda: self._desk.item(request.path_params["number"]))

    async def votes(self, request: Request) -> Response:
        return await _answer(lambda: self._desk.votes(request.path_params["number"]))

    async def picture(self, request: Request) -> Response:
        where = request.path_params
        try:
            found = self._desk.picture(where["number"], where["kind"], where["place"])
            body = await asyncio.to_thread(found.read)
        except MmdtError:
            return _response(b"", "text/plain", 404)
        return _response(body, found.media_type) if found.media_type in _PICTURES else _response(b"", "text/plain", 415)

    async def label(self, request: Request) -> Response:
        body = await request.body()

        def keep() -> Any:
            try:
                given = msgspec.json.decode(body, type=dict[str, Any])
            except (msgspec.MsgspecError, UnicodeError, RecursionError) as error:
                raise UsageError("this is not a JSON object") from error
            self._desk.label(given)
            return {"ok": True}

        async with self._writing:
            return await _answer(keep)


async def _answer(work: Callable[[], Any]) -> Response:
    try:
        return _response(msgspec.json.encode(await asyncio.to_thread(work)), "application/json")
    except MmdtError as error:
        status = 400 if isinstance(error, UsageError) else 500
        return _response(msgspec.json.encode({"error": str(error)}), "application/json", status)


def _response(body: bytes, media_type: str, status: int = 200) -> Response:
    from starlette.responses import Response

    return Response(body, status, media_type=media_type)


def label_app(desk: Desk) -> App:
    """The application, without its guard."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    routes = _Routes(desk)
    return Starlette(
        routes=[
            Route("/", routes.page),
            Route("/assets/{name}", routes.asset),
            Route("/state", routes.state),
            Route("/item/{number:int}", routes.item),
            Route("/votes/{number:int}", routes.votes),
            Route("/picture/{number:int}/{kind}/{place:int}", routes.picture),
            Route("/label", routes.label, methods=["POST"]),
        ]
    )


def _asset(name: str) -> bytes:
    return (files("mmdt.server") / "assets" / name).read_bytes()


class PageServer:
    """Serves a desk on 127.0.0.1. ``port`` 0 takes a free one; ``url`` holds the token."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            self._socket.bind((HOST, port))
        except OSError as error:
            self._socket.close()
            raise UsageError(
                f"port {port} cannot be used: {error.strerror}", hint="choose another, or leave it to mmdt"
            ) from error
        self._socket.listen(64)  # a browser that is quicker than the server waits
        self.port: int = self._socket.getsockname()[1]
        token = new_token()
        self.url = f"http://{HOST}:{self.port}/{token}/"
        self._guard = Guard(label_app(desk), token, self.port)
        self._desk = desk
        self._server: Any = None

    def serve(self) -> None:
        """Serve until it is stopped or interrupted."""
        import uvicorn

        config = uvicorn.Config(
            self._guard, log_config=None, access_log=False, lifespan="off", server_header=False, date_header=False
        )
        self._server = uvicorn.Server(config)
        self._server.run(sockets=[self._socket])

    def stop(self) -> None:
        """End ``serve``, from another thread."""
        if self._server is not None:
            self._server.should_exit = True
