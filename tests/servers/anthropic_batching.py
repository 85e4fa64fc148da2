"""Anthropic's Message Batches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from aiohttp import web

from tests.servers.asked import Asked
from tests.servers.batching import Batch, Batching, lines
from tests.servers.openai_batching import rejecting

BATCHES = "/v1/messages/batches"


class AnthropicBatching(Batching):
    """All requests in one body; results as a stream of lines."""

    async def create(self, request: web.Request) -> web.StreamResponse:
        self._check_key(request)  # type: ignore[attr-defined]
        if busy := self.too_busy():
            return busy
        requests = (await request.json())["requests"]
        assert len({each["custom_id"] for each in requests}) == len(requests)
        assert all(len(each["custom_id"]) <= 64 for each in requests)
        return self.receipt(request, self.take(requests))

    async def listed(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        return web.json_response({"data": [self.shown(each) for each in self.batches.values()], "has_more": False})

    async def results(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        return lines(self.batches[request.match_info["name"]].results)

    def asked_in(self, request: dict[str, Any]) -> Asked:
        return self._asked("text", request["params"], {})  # type: ignore[attr-defined, no-any-return]

    def done(self, request: dict[str, Any], reply: tuple[int, Any]) -> dict[str, Any]:
        status, body = reply
        result = {"type": "succeeded", "message": body} if status == 200 else {"type": "errored", "error": body}
        return {"custom_id": request["custom_id"], "result": result}

    def not_done(self, request: dict[str, Any], why: str) -> dict[str, Any]:
        return {"custom_id": request["custom_id"], "result": {"type": "canceled" if why == "cancelled" else why}}

    def shown(self, batch: Batch) -> dict[str, Any]:
        ended = batch.state in ("completed", "expired", "cancelled")
        kinds = [each["result"]["type"] for each in batch.results] if ended else []
        counts = {kind: kinds.count(kind) for kind in ("succeeded", "errored", "canceled", "expired")}
        created = datetime.fromtimestamp(batch.created, UTC)
        return {
            "id": batch.name,
            "type": "message_batch",
            "processing_status": "ended" if ended else "canceling" if batch.cancelled else "in_progress",
            "request_counts": {"processing": len(batch.requests) - len(kinds), **counts},
            "created_at": created.isoformat(),
            "expires_at": (created + timedelta(days=1)).isoformat(),
            "ended_at": created.isoformat() if ended else None,
            "archived_at": None,
            "cancel_initiated_at": None,
            "results_url": f"{self.url}{BATCHES}/{batch.name}/results" if ended else None,  # type: ignore[attr-defined]
        }


def batch_routes(server: AnthropicBatching) -> list[web.RouteDef]:
    routes = [
        web.post(BATCHES, server.create),
        web.get(BATCHES, server.listed),
        web.get(f"{BATCHES}/{{name}}", server.retrieve),
        web.get(f"{BATCHES}/{{name}}/results", server.results),
        web.post(f"{BATCHES}/{{name}}/cancel", server.cancel),
    ]
    return [web.RouteDef(each.method, each.path, rejecting(each.handler), each.kwargs) for each in routes]
