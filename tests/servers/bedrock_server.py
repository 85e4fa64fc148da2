"""A server that speaks Amazon Bedrock's protocol: Converse, InvokeModel and the lists of models, signatures checked."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import Any
from urllib.parse import quote, unquote

import msgspec
from aiohttp import web

from tests.servers.asked import Asked, Kind, Turn, pictures, texts
from tests.servers.behaviour import Fault
from tests.servers.cli import main
from tests.servers.plumbing import LocalServer, RejectedError
from tests.servers.responder import picture

MODELS = ("amazon.nova-lite-v1:0", "anthropic.claude-sonnet-4-6", "stability.stable-image-core-v1:1")
PROFILES = ("us.anthropic.claude-sonnet-4-6", "global.anthropic.claude-sonnet-4-6")
FILTERED = (
    "This request has been blocked by our content filters. Our filters automatically flagged this prompt because it "
    "may conflict our AUP or AWS Responsible AI Policy. Please adjust your text prompt to submit a new request."
)
FORMATS = ("png", "jpeg", "gif", "webp")


def aws_error(code: str, message: str) -> dict[str, Any]:
    """The code travels in a header, as the real service sends it: see :meth:`BedrockServer._reply`."""
    return {"__type": code, "message": message}


class BedrockServer(LocalServer):
    """``/model/<id>/converse``, ``/model/<id>/invoke``, ``/foundation-models``, ``/inference-profiles``.

    ``key`` is the secret that requests must be signed with (AWS Signature Version 4), or a bearer's token.
    """

    url_variable = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"

    def routes(self) -> list[web.RouteDef]:
        return [
            web.post("/model/{id}/converse", self.handler("text")),
            web.post("/model/{id}/invoke", self.handler("image")),
            web.get("/foundation-models", self._models),
            web.get("/inference-profiles", self._profiles),
        ]

    async def _models(self, request: web.Request) -> web.Response:
        summaries = [{"modelId": name, "modelArn": f"arn:aws:bedrock:us-east-1::{name}"} for name in MODELS]
        return await self._list(request, {"modelSummaries": summaries})

    async def _profiles(self, request: web.Request) -> web.Response:
        arn = "arn:aws:bedrock:us-east-1:123456789012:inference-profile"
        summaries = [{"inferenceProfileId": name, "inferenceProfileArn": f"{arn}/{name}"} for name in PROFILES]
        return await self._list(request, {"inferenceProfileSummaries": summaries})

    async def _list(self, request: web.Request, body: Any) -> web.Response:
        try:
            await self._check_key(request)
        except RejectedError as rejected:
            return _dressed(web.json_response(rejected.body, status=rejected.status))
        return web.json_response(body)

    async def _reply(self, request: web.Request, kind: Kind) -> web.StreamResponse:
        response = await super()._reply(request, kind)
        return _dressed(response) if isinstance(response, web.Response) else response

    async def _check_key(self, request: web.Request) -> None:
        given = request.headers.get("Authorization", "")
        if not self.key:
            return
        if given.startswith("Bearer "):
            if given != f"Bearer {self.key}":
                message = "Authentication failed: Please make sure your API Key is valid."
                raise RejectedError(403, aws_error("AccessDeniedException", message))
        elif not given.startswith("AWS4-HMAC-SHA256 "):
            raise RejectedError(403, aws_error("MissingAuthenticationTokenException", "Missing Authentication Token"))
        elif not hmac.compare_digest(given.rpartition("Signature=")[2], await _signature(request, self.key)):
            # The real service goes on to print what it signed, the session's token included.
            token = request.headers.get("X-Amz-Security-Token", "")
            message = "The request signature we calculated does not match the signature you provided.\n\n"
            canonical = f"The Canonical String for this request should have been\n'POST\nx-amz-security-token:{token}'"
            raise RejectedError(403, aws_error("InvalidSignatureException", message + canonical))

    async def read(self, request: web.Request, kind: Kind) -> Asked:
        await self._check_key(request)
        body: dict[str, Any] = msgspec.json.decode(await request.read())
        inference: dict[str, Any] = body.get("inferenceConfig", {})
        for name in sorted(self.rejects & {*body, *inference}):
            message = f"The model returned the following errors: `{name}` is deprecated for this model."
            raise RejectedError(400, aws_error("ValidationException", message))
        model, headers = unquote(request.match_info["id"]), dict(request.headers)
        if kind == "image":
            prompt, seed = _description(body)
            return Asked(kind, prompt, (), "", model, {**body, "seed": seed}, headers)
        turns = tuple(map(_turn, body["messages"]))
        if [role for role, _ in turns] != [("user", "assistant")[place % 2] for place in range(len(turns))]:
            message = "A conversation must alternate between user and assistant roles."
            raise RejectedError(400, aws_error("ValidationException", message))
        system = "".join(block["text"] for block in body.get("system", ()))
        params = {**body, **inference}
        return Asked(kind, texts(turns[-1]), pictures(turns), system, model, params, headers, turns)

    def answer(self, asked: Asked, reply: str | bytes, fault: Fault) -> Any:
        if isinstance(reply, bytes):
            images = [] if fault.kind == "empty" else [base64.b64encode(reply).decode()]
            return self.pictures(asked, images)
        stop = {"filter_finish": "content_filtered", "cut_short": "max_tokens"}.get(fault.kind, "end_turn")
        content: list[dict[str, Any]] = [
            {"reasoningContent": {"reasoningText": {"text": "...", "signature": "x"}}},
            {"text": reply},
        ]
        if fault.kind == "filter_finish":
            content = [{"text": "The generated text has been blocked by our content filters."}]
        if fault.kind == "empty":
            content = []
        if fault.kind == "picture":
            content = [{"image": {"format": "png", "source": {"bytes": base64.b64encode(picture("drawn")).decode()}}}]
        given, made = len(asked.prompt.split()) + 85 * len(asked.images), len(reply.split())
        return {
            "output": {"message": {"role": "assistant", "content": content}},
            "stopReason": stop,
            "usage": {"inputTokens": given, "outputTokens": made, "totalTokens": given + made},
            "metrics": {"latencyMs": 12},
        }

    def pictures(self, asked: Asked, images: list[str]) -> Any:
        """The reply of the model's family."""
        if asked.model.startswith("stability."):
            return {"seeds": [asked.seed], "finish_reasons": [None], "images": images}
        return {"images": images, "error": None}

    def error(self, fault: Fault) -> tuple[int, Any]:
        match fault.kind:
            case "rate_limit":
                return 429, aws_error("ThrottlingException", "Too many requests, please wait before trying again.")
            case "quota":
                return 429, aws_error(
                    "ThrottlingException", "Too many tokens per day, please wait before trying again."
                )
            case "filter":
                return 400, aws_error("ValidationException", FILTERED)
            case "overloaded":
                return 503, aws_error("ServiceUnavailableException", "Bedrock is unable to process your request.")
            case "wrong_key":
                message = "The security token included in the request is invalid."
                return 403, aws_error("UnrecognizedClientException", message)
            case "not_found":
                return 404, aws_error("ResourceNotFoundException", "Could not resolve the foundation model.")
            case "bad_request":
                return 400, aws_error("ValidationException", "messages.0.content.0.image: image exceeds the maximum")
            case _:
                return int(fault.value or 500), aws_error("InternalServerException", "An internal error occurred.")


def _turn(message: dict[str, Any]) -> Turn:
    read = (block["text"] if "text" in block else _image(block["image"]) for block in message["content"])
    return message["role"], tuple(read)


class StabilityServer(BedrockServer):
    """Stability's models name their filter in a reply that is otherwise in order."""

    url_variable = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME"

    def error(self, fault: Fault) -> tuple[int, Any]:
        return (200, {"finish_reasons": ["Filter reason: prompt"]}) if fault.kind == "filter" else super().error(fault)


def _dressed(response: web.Response) -> web.Response:
    """The error's code in the header where the service puts it."""
    if response.status >= 400 and isinstance(response.body, bytes):
        body = msgspec.json.decode(response.body)
        response.headers["x-amzn-ErrorType"] = f"{body.pop('__type')}:http://internal.amazon.com/coral/bedrock/"
        response.body = msgspec.json.encode(body)
    return response


def _description(body: dict[str, Any]) -> tuple[str, int | None]:
    if body.get("taskType") == "TEXT_IMAGE":
        return body["textToImageParams"]["text"], body["imageGenerationConfig"].get("seed")
    if "prompt" not in body:
        raise RejectedError(400, aws_error("ValidationException", "Malformed input request: required key [prompt]"))
    return body["prompt"], body.get("seed")


def _image(block: dict[str, Any]) -> bytes:
    if block["format"] not in FORMATS:
        raise RejectedError(400, aws_error("ValidationException", f"format must be one of {FORMATS}"))
    return base64.b64decode(block["source"]["bytes"], validate=True)


async def _signature(request: web.Request, secret: str) -> str:
    """What the request should be signed with, from AWS's description of Signature Version 4."""
    fields = dict(part.strip().split("=", 1) for part in request.headers["Authorization"].split(" ", 1)[1].split(","))
    signed, (_, *scope) = fields["SignedHeaders"], fields["Credential"].split("/")
    assert {"host", "x-amz-date"} <= set(signed.split(";"))
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed.split(";"))
    path, _, query = request.raw_path.partition("?")
    body = hashlib.sha256(await request.read()).hexdigest()
    canonical = "\n".join([request.method, quote(path, safe="/~"), query, headers, signed, body])
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = "\n".join(["AWS4-HMAC-SHA256", request.headers["x-amz-date"], "/".join(scope), digest])
    key = f"AWS4{secret}".encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.new(key, text.encode(), "sha256").hexdigest()


if __name__ == "__main__":
    main(BedrockServer)
