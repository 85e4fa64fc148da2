"""Batches as the providers carry them out: requests in a file, processed some time later by the server's usual replies.

A server mixes ``Batching`` in and says how a batch is handed over and how its results are written.
"""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from typing import Any

import msgspec
from aiohttp import web

from tests.servers.asked import Asked
from tests.servers.behaviour import Fault


@dataclass
class Plan:
    """How batches go, changed by a test at any time.

    ``hold``: none is begun. ``seconds``: how long one takes. ``turn_away``: so many batches are refused as a whole, by
    error code, before one is taken. ``largest``: a batch of more requests is turned away. ``expire``: the last so many
    requests of the next batch expire. ``lose_reply``: so many batches are taken without the client being told.
    ``overloaded``: so many times a batch is not taken, since the server has too much to do.
    """

    hold: bool = False
    seconds: float = 0.0
    turn_away: list[str] = field(default_factory=list)
    largest: int = 1_000_000
    expire: int = 0
    lose_reply: int = 0
    overloaded: int = 0


@dataclass
class Batch:
    """One batch: the requests as handed over, and what became of each."""

    name: str
    requests: list[dict[str, Any]]
    created: float
    metadata: dict[str, str] = field(default_factory=dict)
    state: str = "in_progress"
    why: str = ""
    results: list[dict[str, Any]] = field(default_factory=list)
    cancelled: bool = False


class Batching:
    """Keeps batches and carries them out. ``batches``: all of them by name; ``plan``: how they go."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.plan = Plan()
        self.batches: dict[str, Batch] = {}
        self._numbers = itertools.count(1)
        self._working: set[asyncio.Task[None]] = set()

    def take(self, requests: list[dict[str, Any]], metadata: dict[str, str] | None = None) -> Batch:
        """A new batch, worked on in the background."""
        batch = Batch(f"batch_{next(self._numbers)}", requests, time.time(), metadata or {})
        self.batches[batch.name] = batch
        task = asyncio.get_running_loop().create_task(self._work(batch))
        self._working.add(task)
        task.add_done_callback(self._working.discard)
        return batch

    def too_busy(self) -> web.Response | None:
        """The reply in place of taking a batch, where the plan says so."""
        if not self.plan.overloaded:
            return None
        self.plan.overloaded -= 1
        status, body = self.error(Fault("overloaded"))  # type: ignore[attr-defined]
        return web.json_response(body, status=status)

    async def _work(self, batch: Batch) -> None:
        if len(batch.requests) > self.plan.largest:
            batch.state, batch.why = "failed", "token_limit_exceeded"
            return
        if self.plan.turn_away:
            batch.state, batch.why = "failed", self.plan.turn_away.pop(0)
            return
        began = time.monotonic()
        while self.plan.hold or time.monotonic() - began < self.plan.seconds:
            if batch.cancelled:
                break
            await asyncio.sleep(0.01)
        expiring, self.plan.expire = self.plan.expire, 0
        in_time = 0 if batch.cancelled else len(batch.requests) - expiring
        for number, request in enumerate(batch.requests):
            if number < in_time:
                batch.results.append(self.done(request, self.carry_out(request)))
            else:
                batch.results.append(self.not_done(request, "cancelled" if batch.cancelled else "expired"))
        batch.state = "cancelled" if batch.cancelled else "expired" if expiring else "completed"

    def carry_out(self, request: dict[str, Any]) -> tuple[int, Any]:
        """Status and body of the reply that the request would have had by itself."""
        from tests.servers.plumbing import RejectedError

        try:
            asked: Asked = self.asked_in(request)  # type: ignore[attr-defined]
        except RejectedError as rejected:
            return rejected.status, rejected.body
        nth = self.log.saw(asked)  # type: ignore[attr-defined]
        fault: Fault = self.behaviour(asked, nth)  # type: ignore[attr-defined]
        if fault.kind in ("answer", "refusal", "filter_finish", "empty", "cut_short"):
            body = msgspec.json.decode(self._body(asked, fault))  # type: ignore[attr-defined]
            if fault.kind == "answer":
                self.log.replied(asked)  # type: ignore[attr-defined]
            return 200, body
        return self.error(fault)  # type: ignore[attr-defined, no-any-return]

    def receipt(self, request: web.Request, batch: Batch) -> web.StreamResponse:
        """What the client is told of a batch that was taken."""
        if self.plan.lose_reply:
            self.plan.lose_reply -= 1
            assert request.transport is not None
            request.transport.abort()
        return web.json_response(self.shown(batch))

    async def retrieve(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        batch = self.batches.get(request.match_info["name"])
        if batch is None:
            status, body = self.error(Fault("not_found"))  # type: ignore[attr-defined]
            return web.json_response(body, status=status)
        return web.json_response(self.shown(batch))

    async def cancel(self, request: web.Request) -> web.Response:
        self._check_key(request)  # type: ignore[attr-defined]
        batch = self.batches[request.match_info["name"]]
        batch.cancelled = True
        return web.json_response(self.shown(batch))

    def shown(self, batch: Batch) -> dict[str, Any]:
        """A batch as the provider describes it."""
        raise NotImplementedError

    def done(self, request: dict[str, Any], reply: tuple[int, Any]) -> dict[str, Any]:
        raise NotImplementedError

    def not_done(self, request: dict[str, Any], why: str) -> dict[str, Any]:
        raise NotImplementedError


def lines(results: list[dict[str, Any]]) -> web.Response:
    """Results as the providers hand them out, the last first: the order is not that of the requests."""
    body = b"".join(msgspec.json.encode(each) + b"\n" for each in reversed(results))
    return web.Response(body=body, content_type="application/octet-stream")
