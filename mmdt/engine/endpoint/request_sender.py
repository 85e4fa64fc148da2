"""RequestSender: what the pipeline needs from an endpoint, whether it sends requests one by one or in batches."""

from __future__ import annotations

from typing import Protocol

from mmdt.core.output import Output
from mmdt.core.protocols import Model, ModelInfo, Request
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.endpoint import Accept
from mmdt.engine.errors import StopRun


class RequestSender(Protocol):
    """An ``Endpoint`` or a ``BatchEndpoint``."""

    model: Model
    info: ModelInfo
    budget: Budget

    @property
    def in_flight(self) -> int: ...
    @property
    def limit(self) -> int: ...
    @property
    def backlog(self) -> int: ...
    @property
    def paused(self) -> float: ...

    async def ask(self, request: Request, *, accept: Accept | None = None) -> Output: ...

    def halt(self, reason: StopRun) -> None: ...

    async def close(self, *, complete: bool = False) -> None:
        """``complete``: the run has all of its answers."""
        ...
