"""The viewer's routes: the list of runs, each run's report or its progress, its cases, and its label pages."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from mmdt.core.image import Image
from mmdt.errors import MmdtError, UsageError
from mmdt.report.html import compare, report
from mmdt.report.html.inputs import LARGE
from mmdt.report.html.page import script_text, style_text
from mmdt.report.html.thumbnails import thumbnail_of
from mmdt.runs.people.choice import checked_probe, chosen
from mmdt.runs.result import Run
from mmdt.search import report as searches
from mmdt.search.manifest import is_search
from mmdt.server.app import answered, asset, label_app, response, sent_picture
from mmdt.server.desk import Desk
from mmdt.server.guard import App, Receive, Scope, Send
from mmdt.server.viewer.folders import RunFolders, state_of
from mmdt.server.viewer.library import Library, Page, Shelf
from mmdt.server.viewer.listing import RunList
from mmdt.server.viewer.pages import ROOT, comparison_page, report_page
from mmdt.server.viewer.progress import is_running, progress
from mmdt.server.viewer.searched import not_compared, search_page

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PATIENCE = 0.5
"""Seconds that a page is waited for before the browser gets one that says what is being done."""
TO_LABEL = 100
_THUMBNAILS = 1_000
_SCRIPTS = {"view.js": "text/javascript", "live.js": "text/javascript", "wait.js": "text/javascript"}
_PICTURE = re.compile(r"[0-9]{1,9}")
MOST_COMPARED = 20
_PART = re.compile(r"[a-z0-9-]{1,80}")


class Viewer:
    """What each address answers. ``folders``: the only ones that it reads."""

    def __init__(self, folders: RunFolders) -> None:
        self._folders = folders
        self._list = RunList(folders)
        self._library = Library()
        self._desks: dict[tuple[str, str], App] = {}
        self._small = lru_cache(_THUMBNAILS)(thumbnail_of)

    async def index(self, _: Request) -> Response:
        return response(asset("view.html"), "text/html")

    async def runs(self, _: Request) -> Response:
        return await answered(
            lambda: {"folders": [str(each) for each in self._folders.named], "runs": self._list.rows()}
        )

    async def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        made = _made_assets().get(name)
        if made is not None:
            return response(made[0].encode(), made[1])
        if name in _SCRIPTS:
            return response(asset(name), _SCRIPTS[name])
        return nothing()

    async def run(self, request: Request) -> Response:
        """The report; of a run that still runs its progress, unless the results so far are asked for."""
        key = request.path_params["key"]
        try:
            folder = await asyncio.to_thread(self._folders.folder, key)
            live = not is_search(folder) and "so-far" not in request.query_params
            if live and await asyncio.to_thread(is_running, folder):
                return response(asset("live.html"), "text/html")
        except MmdtError as error:
            return _not_shown(error)
        return await self.report(request)

    async def report(self, request: Request) -> Response:
        """The report of a run, or of several runs side by side."""
        try:
            shelf = await asyncio.to_thread(self._ask, request.path_params["key"])
        except MmdtError as error:
            return _not_shown(error)
        return await self._shelved(shelf)

    async def progress(self, request: Request) -> Response:
        return await answered(lambda: progress(self._folder(request)))

    async def ready(self, request: Request) -> Response:
        """Whether the page is made, and how far it is; the error where it cannot be made."""

        def look() -> dict[str, Any]:
            shelf = self._ask(request.path_params["key"])
            error = _said(shelf.error) if shelf.error else ""
            return {"ready": shelf.ready.is_set(), "error": error, **shelf.working.shown()}

        return await answered(look)

    async def part(self, request: Request) -> Response:
        name, page = request.path_params["name"], self._shown(request)
        if page is None or not _PART.fullmatch(name):
            return nothing()
        found = await asyncio.to_thread(page.spool.get, name)
        if found is None:
            return nothing()
        return response(found, "application/json", headers={"content-encoding": "gzip"})

    async def thumbnail(self, request: Request) -> Response:
        image = self._picture(request)
        made = await asyncio.to_thread(self._small, image, LARGE) if image else b""
        return sent_picture(made, "image/webp") if made else nothing()

    async def picture(self, request: Request) -> Response:
        image = self._picture(request)
        if image is None:
            return nothing()
        try:
            body = await asyncio.to_thread(image.read)
        except MmdtError:
            return nothing()
        return sent_picture(body, image.media_type)

    async def label(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The label page of a probe: the same application that ``mmdt label`` serves."""
        given = scope["path_params"]
        try:
            app = await asyncio.to_thread(self._desk, given["key"], given["probe"])
        except MmdtError as error:
            said = response(error_page(str(error)), "text/html", 400)
            await said(scope, receive, send)
            return
        rest = f"/{given['rest']}"
        await app({**scope, "path": rest, "raw_path": rest.encode(), "root_path": ""}, receive, send)

    def _folder(self, request: Request) -> Path:
        return self._folders.folder(request.path_params["key"])

    def _ask(self, key: str) -> Shelf:
        """The page of a run, or of several (``KEY+KEY``). Raises UsageError for a key of none."""
        keys = list(dict.fromkeys(key.split("+")))
        if len(keys) > MOST_COMPARED:
            raise UsageError(f"{len(keys)} runs are too many for one page", hint=f"choose at most {MOST_COMPARED}")
        folders = [self._folders.folder(each) for each in keys]
        state = tuple(map(state_of, folders))
        if len(folders) == 1 and is_search(folders[0]):
            return self._library.ask(key, state, lambda version, _: search_page(folders[0], version, ROOT))
        for each in folders:
            not_compared(each)
        if len(folders) == 1:
            return self._library.ask(key, state, partial(report_page, folders[0]))
        return self._library.ask(key, state, partial(comparison_page, folders))

    async def _shelved(self, shelf: Shelf) -> Response:
        await asyncio.to_thread(shelf.ready.wait, PATIENCE)
        if not shelf.ready.is_set():
            return response(asset("wait.html"), "text/html")
        if shelf.page is None:
            return response(error_page(_said(shelf.error)), "text/html", 500)
        return response(shelf.page.html, "text/html")

    def _shown(self, request: Request) -> Page | None:
        given = request.path_params
        return self._library.find(given["key"], given["version"])

    def _picture(self, request: Request) -> Image | None:
        """``7``, or ``1-7``: picture 7 of the run with the prefix ``1-``."""
        page, found = self._shown(request), _PICTURE.fullmatch(request.path_params["number"])
        if page is None or found is None:
            return None
        number = int(found[0])
        return page.pictures[number] if number < len(page.pictures) else None

    def _desk(self, key: str, probe: str) -> App:
        folder, probe = self._folders.folder(key), unquote(probe)
        known = self._desks.get((key, probe))
        if known is None:
            run = Run.open(folder)
            probe = checked_probe(run, probe)
            known = label_app(Desk(run, probe, chosen(run, probe, TO_LABEL)))
            self._desks[key, probe] = known
        return known


def viewer_app(folders: RunFolders) -> App:
    """The application, without its guard."""
    from starlette.applications import Starlette
    from starlette.routing import Route

    viewer = Viewer(folders)
    page = "/run/{key}"
    of_page = [
        ("ready", viewer.ready),
        ("{version:int}/part/{name}", viewer.part),
        ("{version:int}/thumbnail/{number}", viewer.thumbnail),
        ("{version:int}/picture/{number}", viewer.picture),
    ]
    return Starlette(
        routes=[
            Route("/", viewer.index),
            Route("/runs", viewer.runs),
            Route("/assets/{name}", viewer.asset),
            Route(f"{page}/", viewer.run),
            Route("/compare/{key}/", viewer.report),
            *(Route(f"{kind}/{{key}}/{rest}", act) for kind in ("/run", "/compare") for rest, act in of_page),
            Route(f"{page}/progress", viewer.progress),
            Route(f"{page}/label/{{probe}}/{{rest:path}}", _Asgi(viewer.label), methods=["GET", "POST"]),
        ]
    )


class _Asgi:
    """A route whose endpoint is an application: Starlette takes an instance of a class for one."""

    def __init__(self, app: Callable[[Scope, Receive, Send], Any]) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def nothing() -> Response:
    return response(b"", "text/plain", 404)


def _not_shown(error: MmdtError) -> Response:
    return response(error_page(str(error)), "text/html", 404 if isinstance(error, UsageError) else 500)


def error_page(said: str) -> bytes:
    """A page with an error, as text."""
    from markupsafe import escape

    return asset("error.html").decode().replace("{{ said }}", str(escape(said))).encode("utf-8", "replace")


def _said(error: Exception | None) -> str:
    if isinstance(error, MmdtError):
        return str(error)
    return f"the report cannot be made: {error}" if error else "the report cannot be made"


@lru_cache(1)
def _made_assets() -> dict[str, tuple[str, str]]:
    """Styles and scripts that the viewer shares with the report."""
    view = style_text(("base.css", "cases.css")) + asset("view.css").decode()
    return {
        "view.css": (view, "text/css"),
        "report.css": (style_text(report.STYLES), "text/css"),
        "report.js": (script_text(report.SCRIPTS), "text/javascript"),
        "search.css": (style_text(searches.STYLES), "text/css"),
        "comparison.css": (style_text(compare.STYLES), "text/css"),
        "comparison.js": (script_text(compare.SCRIPTS), "text/javascript"),
    }
