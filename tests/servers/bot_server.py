"""A chat service with a protocol of its own, which is not OpenAI's."""

from __future__ import annotations

import base64
from typing import Any

from aiohttp import web

from tests.servers.asked import Asked, Kind
from tests.servers.behaviour import Fault
from tests.servers.plumbing import LocalServer, RejectedError


class BotServer(LocalServer):
    """``POST /v2/ask``: a question with attachments in, turns of speech out; ``POST /v2/paint``: a picture out."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v2/ask", self.handler("text")), web.post("/v2/paint", self.handler("image"))]

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        if self.key and request.headers.get("X-Bot-Token") != self.key:
            raise RejectedError(401, {"status": "denied", "detail": f"no bot for {request.headers.get('X-Bot-Token')}"})
        body = await request.json()
        question = body["input"]
        images = tuple(base64.b64decode(each["content"]) for each in question.get("attachments", ()))
        return Asked(
            kind, question["text"], images, body.get("rules", ""), "bot-7", body.get("options", {}), request.headers
        )

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        spent = {"in": len(asked.prompt), "out": 7}
        match fault.kind:
            case "refusal" | "filter_finish":
                return {"status": "blocked", "blocked_because": "violence", "spent": spent}
            case "empty":
                reply = ""
        if isinstance(reply, bytes):
            return {"status": "done", "picture": base64.b64encode(reply).decode(), "spent": spent}
        half = len(reply) // 2
        return {"status": "done", "turns": [{"say": reply[:half]}, {"say": reply[half:]}], "bot": "7.1", "spent": spent}

    def error(self, fault: Fault) -> tuple[int, Any]:
        statuses = {"rate_limit": 429, "overloaded": 503, "wrong_key": 403, "not_found": 404, "bad_request": 422}
        return statuses.get(fault.kind, int(fault.value or 500)), {"status": "failed", "detail": fault.kind}
