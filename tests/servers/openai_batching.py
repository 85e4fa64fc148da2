"""OpenAI's files and batches."""

from __future__ import annotations

import itertools
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.asked import Asked, Kind
from tests.servers.batching import Batch, Batching, lines
from tests.servers.plumbing import RejectedError

_KINDS: dict[str, Kind] = {
    "/v1/chat/completions": "text",
    "/v1/responses": "text",
    "/v1/images/generations": "image",
}


class OpenAIBatching(Batching):
    """A file is uploaded, a batch names it, two files hold what came of it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.uploads: dict[str, bytes] = {}
        self._uploaded = itertools.count(1)

    async def upload(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        form = await request.post()
        if form["purpose"] != "batch":
            raise web.HTTPBadRequest
        name = f"file-{next(self._uploaded)}"
        self.uploads[name] = form["file"].file.read()  # type: ignore[union-attr]
        return web.json_response({"id": name, "object": "file", "bytes": len(self.uploads[name]), "created_at": 0,
                                  "filename": "requests", "purpose": "batch", "status": "processed"})  # fmt: skip

    async def create(self, request: web.Request) -> web.StreamResponse:
        self._check_key(request)  # type: ignore[attr-defined]
        if busy := self.too_busy():
            return busy
        body = await request.json()
        requests = [msgspec.json.decode(line) for line in self.uploads[body["input_file_id"]].splitlines()]
        assert body["completion_window"] == "24h"
        assert all(each["method"] == "POST" and each["url"] == body["endpoint"] for each in requests)
        assert len({each["custom_id"] for each in requests}) == len(requests)
        return self.receipt(request, self.take(requests, body.get("metadata")))

    async def listed(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        return web.json_response({"object": "list", "data": [self.shown(each) for each in self.batches.values()]})

    async def content(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        kind, _, name = request.match_info["name"].partition(":")
        wanted = [each for each in self.batches[name].results if _failed(each) == (kind == "errors")]
        return lines(wanted)

    def asked_in(self, request: dict[str, Any]) -> Asked:
        return self._asked(_KINDS[request["url"]], request["body"], {})  # type: ignore[attr-defined, no-any-return]

    def done(self, request: dict[str, Any], reply: tuple[int, Any]) -> dict[str, Any]:
        status, body = reply
        response = {"status_code": status, "request_id": "req_1", "body": body}
        return {"id": "batch_req_1", "custom_id": request["custom_id"], "response": response, "error": None}

    def not_done(self, request: dict[str, Any], why: str) -> dict[str, Any]:
        error = {"code": f"batch_{why}", "message": f"This request could not be executed: the batch was {why}."}
        return {"id": "batch_req_1", "custom_id": request["custom_id"], "response": None, "error": error}

    def shown(self, batch: Batch) -> dict[str, Any]:
        failed = sum(map(_failed, batch.results))
        ended = batch.state in ("completed", "expired", "cancelled")
        error = {
            "code": batch.why,
            "message": f"Not taken ({batch.why})",
            "line": None,
            "param": None,
        }
        return {
            "id": batch.name,
            "object": "batch",
            "endpoint": batch.requests[0]["url"] if batch.requests else "",
            "input_file_id": "file-1",
            "completion_window": "24h",
            "status": batch.state,
            "created_at": int(batch.created),
            "output_file_id": f"answers:{batch.name}" if ended and failed < len(batch.results) else None,
            "error_file_id": f"errors:{batch.name}" if ended and failed else None,
            "errors": {"object": "list", "data": [error]} if batch.state == "failed" else None,
            "request_counts": {
                "total": len(batch.requests), "completed": len(batch.results) - failed, "failed": failed
            },
            "metadata": batch.metadata,
        }  # fmt: skip


def _failed(result: dict[str, Any]) -> bool:
    return result["response"] is None or result["response"]["status_code"] != 200


def batch_routes(server: OpenAIBatching, prefix: str) -> list[web.RouteDef]:
    routes = [
        web.post(f"{prefix}/files", server.upload),
        web.get(f"{prefix}/files/{{name}}/content", server.content),
        web.post(f"{prefix}/batches", server.create),
        web.get(f"{prefix}/batches", server.listed),
        web.get(f"{prefix}/batches/{{name}}", server.retrieve),
        web.post(f"{prefix}/batches/{{name}}/cancel", server.cancel),
    ]
    return [web.RouteDef(each.method, each.path, rejecting(each.handler), each.kwargs) for each in routes]


def rejecting(handler: Any) -> Any:
    """A wrong key is answered as everywhere else."""

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            return await handler(request)  # type: ignore[no-any-return]
        except RejectedError as rejected:
            return web.json_response(rejected.body, status=rejected.status)

    return handle
