"""The label page: a few routes around a desk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.errors import MmdtError, UsageError
from mmdt.server.desk import Desk
from mmdt.server.guard import App
from mmdt.server.serving import LocalServer

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
        return response(asset("label.html"), "text/html")

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        return response(asset(name), _ASSETS[name]) if name in _ASSETS else response(b"", "text/plain", 404)

    async def state(self, request: Request) -> Response:
        return await answered(lambda: self._desk.state(request.query_params.get("annotator", "")))

    async def item(self, request: Request) -> Response:
        return await answered(lambda: self._desk.item(request.path_params["number"]))

    async def votes(self, request: Request) -> Response:
        return await answered(lambda: self._desk.votes(request.path_params["number"]))

    async def picture(self, request: Request) -> Response:
        where = request.path_params
        try:
            found = self._desk.picture(where["number"], where["kind"], where["place"])
            body = await asyncio.to_thread(found.read)
        except MmdtError:
            return response(b"", "text/plain", 404)
        return sent_picture(body, found.media_type)

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
            return await answered(keep)


def sent_picture(body: bytes, media_type: str) -> Response:
    """A picture of a kind that no browser runs anything from; 415 for any other."""
    return response(body, media_type) if media_type in _PICTURES else response(b"", "text/plain", 415)


async def answered(work: Callable[[], Any]) -> Response:
    """What ``work`` returns, as JSON; an error that mmdt knows is said with status 400 or 500."""
    try:
        return response(msgspec.json.encode(await asyncio.to_thread(work)), "application/json")
    except MmdtError as error:
        status = 400 if isinstance(error, UsageError) else 500
        return response(msgspec.json.encode({"error": str(error)}), "application/json", status)


def response(body: bytes, media_type: str, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of Starlette, imported when it is needed."""
    from starlette.responses import Response

    return Response(body, status, headers, media_type=media_type)


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


def asset(name: str) -> bytes:
    """A file of this package's ``assets``."""
    return (files("mmdt.server") / "assets" / name).read_bytes()


class PageServer(LocalServer):
    """Serves a desk on 127.0.0.1."""

    def __init__(self, desk: Desk, port: int = 0) -> None:
        super().__init__(label_app(desk), port)
        self._desk = desk
