"""A server with the protocol of Azure AI Content Safety: strict about the version, the key's header and the body."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.openai_server import OpenAIServer
from tests.servers.plumbing import LocalServer

CATEGORIES = ("Hate", "SelfHarm", "Sexual", "Violence")
KEY = "0123456789abcdef0123456789abcdef"


class ContentSafetyServer(OpenAIServer):
    """``severity``: from a text (empty for a picture) to the severity of violence."""

    severity: Callable[[str], int] = staticmethod(lambda text: 0)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked: list[tuple[str, Any]] = []

    @property
    def url(self) -> str:
        return LocalServer.url.fget(self)  # type: ignore[attr-defined]

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/contentsafety/{what}", self._analyze)]

    async def _analyze(self, request: web.Request) -> web.Response:
        what, body = request.match_info["what"], msgspec.json.decode(await request.read())
        if request.query.get("api-version") != "2024-09-01":
            return _error(404, "NotFound", "Resource not found")
        if request.headers.get("Ocp-Apim-Subscription-Key") != KEY or "Authorization" in request.headers:
            return _error(401, "401", "Access denied due to invalid subscription key or wrong API endpoint.")
        if body.pop("outputType", "") != "FourSeverityLevels":
            return _error(400, "InvalidRequestBody", "The output type is not supported.")
        text = ""
        if what == "text:analyze" and body.keys() == {"text"} and len(body["text"]) <= 10_000:
            text = body["text"]
        elif what != "image:analyze" or not base64.b64decode(body["image"]["content"]).startswith(b"\x89PNG"):
            return _error(400, "InvalidRequestBody", "The request body is not valid.")
        self.asked.append((what, body))
        severity = self.severity(text)
        found = [{"category": name, "severity": severity if name == "Violence" else 0} for name in CATEGORIES]
        return web.json_response({"blocklistsMatch": [], "categoriesAnalysis": found})


def _error(status: int, code: str, message: str) -> web.Response:
    return web.json_response({"error": {"code": code, "message": message}}, status=status)
