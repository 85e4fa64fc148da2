"""A server that speaks the protocol of the Gemini API: generateContent and the list of models."""

from __future__ import annotations

import base64
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.asked import Asked, Kind, Turn, pictures, texts
from tests.servers.behaviour import Fault
from tests.servers.cli import main
from tests.servers.plumbing import LocalServer, RejectedError
from tests.servers.responder import picture

MODELS = ("gemini-2.5-flash", "gemini-2.5-pro", "gemini-2.5-flash-image")


def _error(code: int, status: str, message: str, details: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, "details": details or []}}


def _invalid_key() -> RejectedError:
    reason = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}
    return RejectedError(
        400, _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", [reason])
    )


class GoogleServer(LocalServer):
    """``/<version>/models/<name>:generateContent`` and ``/<version>/models``."""

    url_variable = "GOOGLE_GEMINI_BASE_URL"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post(r"/{version:v1\w*}/models/{name}:generateContent", self._generate),
            web.get(r"/{version:v1\w*}/models", self._models),
        ]

    async def _generate(self, request: web.Request) -> web.StreamResponse:
        return await self.handler("image" if "image" in request.match_info["name"] else "text")(request)

    async def _models(self, request: web.Request) -> web.Response:
        try:
            self._check_key(request)
        except RejectedError as rejected:
            return web.json_response(rejected.body, status=rejected.status)
        return web.json_response({"models": [{"name": f"models/{name}", "displayName": name} for name in MODELS]})

    def _check_key(self, request: web.Request) -> None:
        if self.key and request.headers.get("x-goog-api-key") != self.key:
            raise _invalid_key()

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        self._check_key(request)
        body: dict[str, Any] = msgspec.json.decode(await request.read())
        generation: dict[str, Any] = body.get("generationConfig", {})
        for name in sorted(self.rejects & generation.keys()):
            raise RejectedError(400, _error(400, "INVALID_ARGUMENT", f'Unknown name "{name}": Cannot find field.'))
        turns = tuple(map(_turn, body["contents"]))
        system = "".join(part["text"] for part in body.get("systemInstruction", {}).get("parts", ()))
        params = {**body, **generation}
        name, headers = request.match_info["name"], dict(request.headers)
        return Asked(kind, texts(turns[-1]), pictures(turns), system, name, params, headers, turns)

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        finish = {"filter_finish": "SAFETY", "cut_short": "MAX_TOKENS"}.get(fault.kind, "STOP")
        parts = [_part(reply)]
        if fault.kind in ("empty", "filter_finish"):
            parts = []
        if fault.kind == "picture":
            parts = [_part(picture("drawn"))]
        made = len(reply.split()) if isinstance(reply, str) else 1290
        usage = {
            "promptTokenCount": len(asked.prompt.split()) + 85 * len(asked.images),
            "candidatesTokenCount": made,
            "totalTokenCount": made,
        }
        return {
            "candidates": [{"content": {"role": "model", "parts": parts}, "finishReason": finish, "index": 0}],
            "usageMetadata": usage,
            "modelVersion": f"{asked.model}-001",
            "responseId": "1",
        }

    def error(self, fault: Fault) -> tuple[int, Any]:
        match fault.kind:
            case "rate_limit":
                return 429, _error(429, "RESOURCE_EXHAUSTED", "You exceeded your requests per minute.")
            case "quota":
                violation = {"quotaId": "GenerateRequestsPerDayPerProjectPerModel"}
                details = [{"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [violation]}]
                return 429, _error(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota.", details)
            case "filter":
                return 200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}, "modelVersion": "gemini"}
            case "overloaded":
                return 503, _error(503, "UNAVAILABLE", "The model is overloaded. Please try again later.")
            case "wrong_key":
                rejected = _invalid_key()
                return rejected.status, rejected.body
            case "not_found":
                return 404, _error(404, "NOT_FOUND", "models/gemini-none is not found for API version v1.")
            case "bad_request":
                return 400, _error(400, "INVALID_ARGUMENT", "Unable to process input image.")
            case _:
                return int(fault.value or 500), _error(
                    int(fault.value or 500), "INTERNAL", "An internal error occurred."
                )


def _turn(content: dict[str, Any]) -> Turn:
    if content["role"] not in ("user", "model"):
        raise RejectedError(400, _error(400, "INVALID_ARGUMENT", "Please use a valid role: user, model."))
    read = (
        part["text"] if "text" in part else base64.urlsafe_b64decode(part["inlineData"]["data"])
        for part in content["parts"]
    )
    return {"user": "user", "model": "assistant"}[content["role"]], tuple(read)


def _part(reply: str | bytes) -> dict[str, Any]:
    if isinstance(reply, str):
        return {"text": reply}
    return {"inlineData": {"mimeType": "image/png", "data": base64.b64encode(reply).decode()}}


if __name__ == "__main__":
    main(GoogleServer)
