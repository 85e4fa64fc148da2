"""A server that speaks OpenAI's protocol: chat completions, responses, images, the list of models."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.asked import Asked, Kind, Turn, pictures, texts
from tests.servers.behaviour import Fault
from tests.servers.cli import main
from tests.servers.openai_batching import OpenAIBatching, batch_routes
from tests.servers.plumbing import LocalServer, RejectedError
from tests.servers.responder import picture

MODELS = ("gpt-4o", "gpt-4o-mini", "gpt-image-1.5", "dall-e-3", "llava")
REFUSAL = "I'm sorry, but I can't help with that."
FLAGGED = "Your request was rejected as a result of our safety system."


def openai_error(message: str, kind: str, code: str | None = None, param: str | None = None) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


class OpenAIServer(OpenAIBatching, LocalServer):
    """``/v1/chat/completions``, ``/v1/responses``, ``/v1/images/generations``, ``/v1/models``, files and batches."""

    url_variable = "OPENAI_BASE_URL"

    models = MODELS

    @property
    def url(self) -> str:
        return f"{super().url}/v1"

    def link(self, data: bytes) -> str:
        return super().link(data).replace("/v1/_files", "/_files")

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/v1/chat/completions", self.handler("text")),
            web.post("/v1/responses", self.handler("text")),
            web.post("/v1/images/generations", self.handler("image")),
            web.get("/v1/models", self._models),
            *batch_routes(self, "/v1"),
        ]

    async def _models(self, request: web.Request) -> web.Response:
        try:
            self._check_key(request)
        except RejectedError as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        data = [{"id": name, "object": "model", "created": 0, "owned_by": "tests"} for name in self.models]
        return web.json_response({"object": "list", "data": data})

    def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if self.key and given != f"Bearer {self.key}":
            raise RejectedError(
                401,
                openai_error(f"Incorrect API key provided: {given[7:]}.", "invalid_request_error", "invalid_api_key"),
            )

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        self._check_key(request)
        return self._asked(kind, msgspec.json.decode(await request.read()), dict(request.headers))

    def _asked(self, kind: Kind, body: dict[str, Any], headers: dict[str, str]) -> Asked:
        for name in sorted(self.rejects & body.keys()):
            message = f"Unsupported parameter: '{name}' is not supported with this model."
            raise RejectedError(400, openai_error(message, "invalid_request_error", "unsupported_parameter", name))
        if "prompt" in body:
            return Asked(kind, body["prompt"], (), "", body["model"], body, headers)
        system, turns = _conversation(body)
        return Asked(kind, texts(turns[-1]), pictures(turns), system, body["model"], body, headers, turns)

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        if isinstance(reply, bytes):
            return self._images(asked, reply, fault)
        tokens = (len(asked.prompt.split()) + 85 * len(asked.images), len(reply.split()))
        if "input" in asked.params:
            return _response(asked, reply, fault, tokens)
        return _completion(asked, reply, fault, tokens)

    def _images(self, asked: Asked, reply: bytes, fault: Fault) -> Any:
        if fault.kind == "empty":
            return {"created": 0, "data": []}
        if self.links or asked.params.get("response_format") == "url":
            return {"created": 0, "data": [{"url": self.link(reply), "revised_prompt": asked.prompt}]}
        usage = {"input_tokens": len(asked.prompt.split()), "output_tokens": 1000, "total_tokens": 1000}
        usage["input_tokens_details"] = {"text_tokens": usage["input_tokens"], "image_tokens": 0}
        return {"created": 0, "data": [{"b64_json": base64.b64encode(reply).decode()}], "usage": usage}

    def error(self, fault: Fault) -> tuple[int, Any]:
        match fault.kind:
            case "rate_limit":
                return 429, openai_error("Rate limit reached for requests", "requests", "rate_limit_exceeded")
            case "quota":
                return 429, openai_error("You exceeded your current quota", "insufficient_quota", "insufficient_quota")
            case "filter":
                return 400, openai_error(FLAGGED, "image_generation_user_error", "moderation_blocked")
            case "overloaded":
                return 503, openai_error("The engine is currently overloaded, please try again later", "server_error")
            case "wrong_key":
                return 401, openai_error("Incorrect API key provided", "invalid_request_error", "invalid_api_key")
            case "not_found":
                return 404, openai_error(
                    "The model does not exist", "invalid_request_error", "model_not_found", "model"
                )
            case "bad_request":
                return 400, openai_error("The picture is too small", "invalid_request_error", "image_too_small")
            case _:
                return int(fault.value or 500), openai_error("The server had an error", "server_error")


def _conversation(body: dict[str, Any]) -> tuple[str, tuple[Turn, ...]]:
    """System prompt and turns of a body of chat completions or responses."""
    found: list[Turn] = []
    for message in body.get("messages") or body["input"]:
        content, role = message["content"], message["role"]
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        for part in parts:
            _check_part(part["type"], role, chat="messages" in body)
        read = (part["text"] if "text" in part else _data_url(part["image_url"]) for part in parts)
        found.append((role, tuple(read)))
    system = [texts(turn) for turn in found if turn[0] == "system"]
    return "".join([body.get("instructions") or "", *system]), tuple(turn for turn in found if turn[0] != "system")


def _check_part(kind: str, role: str, *, chat: bool) -> None:
    """The API names parts differently at its two endpoints, and replies of the model differently from questions."""
    names = (
        ("text", "image_url") if chat else ("output_text",) if role == "assistant" else ("input_text", "input_image")
    )
    if kind not in names or (role == "assistant" and kind == "image_url"):
        supported = " and ".join(map(repr, names))
        raise RejectedError(
            400, openai_error(f"Invalid value: '{kind}'. Supported values are: {supported}.", "invalid_request_error")
        )


def _data_url(url: str | dict[str, str]) -> bytes:
    text = url if isinstance(url, str) else url["url"]
    head, _, encoded = text.partition(",")
    if not head.startswith("data:image/") or not head.endswith(";base64"):
        raise RejectedError(400, openai_error("Invalid image URL", "invalid_request_error", "invalid_image_url"))
    return base64.b64decode(encoded, validate=True)


def _completion(asked: Asked, reply: str, fault: Fault, tokens: tuple[int, int]) -> Any:
    finish = {"filter_finish": "content_filter", "cut_short": "length"}.get(fault.kind, "stop")
    message: dict[str, Any] = {"role": "assistant", "content": reply, "refusal": None}
    if fault.kind == "refusal":
        message |= {"content": None, "refusal": REFUSAL}
    if fault.kind in ("empty", "filter_finish"):
        message["content"] = ""
    if fault.kind == "picture":  # as gateways send what a model drew
        url = "data:image/png;base64," + base64.b64encode(picture("drawn")).decode()
        message |= {"content": None, "images": [{"type": "image_url", "image_url": {"url": url}}]}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": f"{asked.model}-2026-01-01",
        "choices": [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}],
        "usage": {"prompt_tokens": tokens[0], "completion_tokens": tokens[1], "total_tokens": sum(tokens)},
    }


def _response(asked: Asked, reply: str, fault: Fault, tokens: tuple[int, int]) -> Any:
    content: list[dict[str, Any]] = [{"type": "output_text", "text": reply, "annotations": []}]
    if fault.kind == "refusal":
        content = [{"type": "refusal", "refusal": REFUSAL}]
    if fault.kind in ("empty", "filter_finish"):
        content = []
    output = [{"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": content}]
    if fault.kind == "picture":
        drawn = base64.b64encode(picture("drawn")).decode()
        output = [{"type": "image_generation_call", "id": "ig_1", "status": "completed", "result": drawn}]
    reason = {"filter_finish": "content_filter", "cut_short": "max_output_tokens"}.get(fault.kind)
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "model": f"{asked.model}-2026-01-01",
        "status": "incomplete" if reason else "completed",
        "incomplete_details": {"reason": reason} if reason else None,
        "error": None,
        "output": output,
        "usage": {"input_tokens": tokens[0], "output_tokens": tokens[1], "total_tokens": sum(tokens)},
    }


if __name__ == "__main__":
    main(OpenAIServer)
