"""A server that also speaks the protocol of OpenAI's moderation endpoint: ``POST /v1/moderations``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.openai_server import OpenAIServer
from tests.servers.plumbing import RejectedError

CATEGORIES = ("harassment", "hate", "illicit", "illicit/violent", "self-harm", "sexual", "violence", "violence/graphic")


class ModerationServer(OpenAIServer):
    """``flags``: from the text and the number of pictures to the categories that are flagged."""

    flags: Callable[[str, int], tuple[str, ...]] = staticmethod(lambda text, pictures: ())
    asked: list[dict[str, Any]]

    def routes(self) -> list[web.RouteDef]:
        self.asked = []
        return [*super().routes(), web.post("/v1/moderations", self._moderate)]

    async def _moderate(self, request: web.Request) -> web.Response:
        try:
            self._check_key(request)
        except RejectedError as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        body = msgspec.json.decode(await request.read())
        self.asked.append(body)
        texts = [part["text"] for part in body["input"] if part["type"] == "text"]
        pictures = [part["image_url"]["url"] for part in body["input"] if part["type"] == "image_url"]
        assert all(url.startswith("data:image/") for url in pictures)
        on = self.flags(" ".join(texts), len(pictures))
        result = {
            "flagged": bool(on),
            "categories": {name: name in on for name in CATEGORIES},
            "category_scores": {name: 0.9 if name in on else 0.01 for name in CATEGORIES},
            "category_applied_input_types": {name: ["text"] for name in CATEGORIES},
        }
        return web.json_response({"id": "modr-1", "model": body["model"], "results": [result]})
