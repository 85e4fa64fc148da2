"""A server that speaks Anthropic's protocol: messages and the list of models."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.anthropic_batching import AnthropicBatching, batch_routes
from tests.servers.asked import Asked, Kind, Turn, pictures, texts
from tests.servers.behaviour import Fault
from tests.servers.cli import main
from tests.servers.plumbing import LocalServer, RejectedError

MODELS = ("claude-sonnet-4-6", "claude-haiku-4-5", "claude-opus-5")
FILTERED = "Output blocked by content filtering policy"


def _error(kind: str, message: str) -> dict[str, Any]:
    return {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}


class AnthropicServer(AnthropicBatching, LocalServer):
    """``/v1/messages``, ``/v1/messages/batches`` and ``/v1/models``."""

    url_variable = "ANTHROPIC_BASE_URL"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/messages", self.handler("text")),
            web.get("/v1/models", self._models),
            *batch_routes(self),
        ]

    async def _models(self, request: web.Request) -> web.Response:
        try:
            self._check_key(request)
        except RejectedError as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        data = [{"type": "model", "id": name, "display_name": name} for name in MODELS]
        return web.json_response({"data": data, "has_more": False, "first_id": MODELS[0], "last_id": MODELS[-1]})

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("x-api-key") or request.headers.get("Authorization", "")[7:]
        if self.key and given != self.key:
            raise RejectedError(401, _error("authentication_error", "invalid x-api-key"))

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        self._check_key(request)
        if "anthropic-version" not in request.headers:
            raise RejectedError(400, _error("invalid_request_error", "anthropic-version: header is required"))
        return self._asked(kind, msgspec.json.decode(await request.read()), dict(request.headers))

    def _asked(self, kind: Kind, body: dict[str, Any], headers: dict[str, str]) -> Asked:
        for name in sorted(self.rejects & body.keys()):
            raise RejectedError(400, _error("invalid_request_error", f"{name}: Extra inputs are not permitted"))
        if "max_tokens" not in body:
            raise RejectedError(400, _error("invalid_request_error", "max_tokens: Field required"))
        turns = tuple(_turn(message) for message in body["messages"])
        system = body.get("system", "")
        return Asked(kind, texts(turns[-1]), pictures(turns), system, body["model"], body, headers, turns)

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        assert isinstance(reply, str), "this provider draws no pictures"
        content = [{"type": "thinking", "thinking": "...", "signature": "x"}, {"type": "text", "text": reply}]
        if fault.kind in ("empty", "filter_finish"):
            content = []
        stop = {"filter_finish": "refusal", "cut_short": "max_tokens"}.get(fault.kind, "end_turn")
        details = {"type": "refusal", "category": "general_harms", "explanation": "It may cause harm."}
        given = len(asked.prompt.split()) + 85 * len(asked.images)
        return {
            "id": "msg_1",
            "type": "message",
            "role": "assistant",
            "model": f"{asked.model}-20260101",
            "content": content,
            "stop_reason": stop,
            "stop_sequence": None,
            "stop_details": details if stop == "refusal" else None,
            "usage": {"input_tokens": given, "output_tokens": len(reply.split()), "cache_read_input_tokens": 0},
        }

    def error(self, fault: Fault) -> tuple[int, Any]:
        match fault.kind:
            case "rate_limit":
                return 429, _error("rate_limit_error", "This request would exceed your rate limit")
            case "quota":
                return 402, _error("billing_error", "Your credit balance is too low")
            case "filter":
                return 400, _error("invalid_request_error", FILTERED)
            case "overloaded":
                return 529, _error("overloaded_error", "Overloaded")
            case "wrong_key":
                return 401, _error("authentication_error", "invalid x-api-key")
            case "not_found":
                return 404, _error("not_found_error", "model: claude-none")
            case "bad_request":
                return 400, _error("invalid_request_error", "messages.0: image exceeds the maximum size")
            case _:
                return int(fault.value or 500), _error("api_error", "Internal server error")


def _turn(message: dict[str, Any]) -> Turn:
    role = message["role"]
    if role not in ("user", "assistant"):
        raise RejectedError(400, _error("invalid_request_error", f"messages: Unexpected role {role!r}"))
    if role == "assistant" and any(block["type"] == "image" for block in message["content"]):
        raise RejectedError(400, _error("invalid_request_error", "messages: image blocks are for the user"))
    blocks = message["content"]
    return role, tuple(block["text"] if block["type"] == "text" else _image(block["source"]) for block in blocks)


def _image(source: dict[str, str]) -> bytes:
    if source["type"] != "base64" or source["media_type"] not in ("image/png", "image/jpeg", "image/gif", "image/webp"):
        raise RejectedError(400, _error("invalid_request_error", "messages.0.content: unsupported image"))
    return base64.b64decode(source["data"], validate=True)


if __name__ == "__main__":
    main(AnthropicServer)
