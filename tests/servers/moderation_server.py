"""OpenAI's Moderations API beside the others: strict about the form of the input, as the real one is."""

from __future__ import annotations

from typing import Any

import msgspec
from aiohttp import web

from tests.servers.openai_server import OpenAIServer, openai_error

UNSAFE = "lid"
"""Words with this are flagged."""


class ModerationServer(OpenAIServer):
    """``/v1/moderations``: flags texts with ``UNSAFE``; keeps every input in ``inputs``."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.inputs: list[Any] = []

    def routes(self) -> list[web.RouteDef]:
        return [*super().routes(), web.post("/v1/moderations", self._moderate)]

    async def _moderate(self, request: web.Request) -> web.Response:
        body = msgspec.json.decode(await request.read())
        given = body.get("input")
        parts = [{"type": "text", "text": given}] if isinstance(given, str) else given
        known = body.keys() <= {"model", "input"} and isinstance(parts, list) and parts
        if not known or sum(part["type"] == "image_url" for part in parts) > 1:
            return web.json_response(openai_error("bad input", "invalid_request_error"), status=400)
        self.inputs.append(parts)
        said = " ".join(part["text"] for part in parts if part["type"] == "text").lower()
        flagged = UNSAFE in said
        result = {"flagged": flagged, "categories": {"illicit": flagged, "violence": False}, "category_scores": {}}
        return web.json_response({"id": "modr-1", "model": body["model"], "results": [result]})
