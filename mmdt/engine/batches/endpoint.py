"""BatchEndpoint: requests to one model through its provider's batch API, at half the price and within a day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from mmdt.core.batch_api import BatchApi
from mmdt.core.output import FailureKind, Output, Status, Usage
from mmdt.core.protocols import Request
from mmdt.engine.batches.dispatcher import Dispatcher
from mmdt.engine.batches.ledger import BatchLedger
from mmdt.engine.batches.tracker import Pace
from mmdt.engine.endpoint.blind import looks_blind
from mmdt.engine.endpoint.endpoint import Accept, Endpoint
from mmdt.engine.endpoint.reasoning import reasoning_apart
from mmdt.engine.errors import BudgetExceeded, StopRun
from mmdt.engine.store.codec import content_key
from mmdt.errors import DataError
from mmdt.models.requests import unfit

OPEN = 20_000
"""Requests that may wait in batches at the same time. Each takes a few kilobytes of memory."""
WRITING = 4
"""Requests that may be encoded at the same time. Their pictures are in memory meanwhile."""


class BatchEndpoint:
    """Used like an ``Endpoint``. The budget applies, rate limits do not.

    The first request is sent directly, so that a wrong key, model name or setting shows at once and not a day later,
    and so that the price of a request is known. Requests in batches are identified by their content key, so that any
    later process finds them. A request that failed in a batch is sent again directly; one that its batch did not get to
    goes into another batch. With ``submit`` false, only the batches of earlier processes are used.
    """

    def __init__(self, direct: Endpoint, api: BatchApi, pace: Pace, *, submit: bool, wait: bool) -> None:
        self.model = direct.model
        self.info = replace(direct.info, concurrency=OPEN)
        self.budget = direct.budget
        self.limits = direct.limits
        self._direct = direct
        self._api = api
        self._pace = pace
        self._submit = submit
        self._wait = wait
        self._dispatcher: Dispatcher | None = None
        self._halted: StopRun | None = None
        self._first = asyncio.Lock()
        self._writing = asyncio.Semaphore(WRITING)
        self._sound = asyncio.Event()

    async def start(self, folder: Path) -> None:
        """Start working; ``folder`` is where the batches are recorded. Raises StoreError."""
        self._dispatcher = Dispatcher(self._api, BatchLedger(folder), self.info.name, self._pace, wait=self._wait)
        await self._dispatcher.start()

    @property
    def in_flight(self) -> int:
        return self._direct.in_flight + (self._dispatcher.waiting if self._dispatcher else 0)

    @property
    def limit(self) -> int:
        return OPEN

    @property
    def backlog(self) -> int:
        return OPEN

    @property
    def paused(self) -> float:
        return self._direct.paused

    @property
    def note(self) -> str:
        return self._dispatcher.note if self._dispatcher else ""

    async def ask(self, request: Request, *, accept: Accept | None = None) -> Output:
        """The final output, as from ``Endpoint.ask``. Raises StopRun, and StoreError on a disk error."""
        key, used = content_key(self.info, request), Usage()
        for attempt in range(1, self.limits.attempts + 1):
            output = await self._answer(key, request, accept)
            output = replace(output, blind=output.blind or looks_blind(request, output))
            used = used.plus(output.usage)
            output = replace(output, attempts=attempt - 1 + output.attempts, usage=used)
            failure = output.failure
            if failure is None or not failure.retryable:
                break
            if failure.kind is not FailureKind.EXPIRED:
                again = await self._direct.ask(request, accept=accept)
                return replace(again, attempts=attempt + again.attempts, usage=used.plus(again.usage))
        return output

    def halt(self, reason: StopRun) -> None:
        """Accept no more requests. Submitted batches are still waited for. If the budget is the reason, requests that
        it covers are still submitted."""
        self._halted = self._halted or reason
        self._direct.halt(reason)
        if self._dispatcher and not isinstance(reason, BudgetExceeded):
            self._dispatcher.halt(reason)

    async def close(self, *, complete: bool = False) -> None:
        """Close this and the model. ``complete``: the answers in the batches are no longer needed."""
        if self._dispatcher:
            await self._dispatcher.close(complete=complete)
        await self._direct.close()

    async def _answer(self, key: str, request: Request, accept: Accept | None) -> Output:
        """One attempt: directly, from a batch that already holds the request, or through a new batch."""
        dispatcher = self._dispatcher
        assert dispatcher is not None, "start was not called"  # noqa: S101
        if dispatcher.knows(key):
            self.budget.count(self.info.name, elsewhere=True)
        else:
            answered = await self._post(dispatcher, key, request, accept)
            if answered is not None:
                return answered
        output = reasoning_apart(await self._settled(dispatcher, key))
        if accept is not None and output.status is Status.ANSWERED:
            output = await accept(output)
        return output

    async def _post(self, dispatcher: Dispatcher, key: str, request: Request, accept: Accept | None) -> Output | None:
        """Reserve budget for the request and add it to a batch. Returns an output only if no batch is needed.

        The encoded request is not kept in memory: thousands may be waiting for their answers.
        """
        refused = unfit(request, self.info)
        if refused is not None:
            return refused
        if not self._submit:
            return await self._direct.ask(request, accept=accept)
        direct = await self._probe(request, accept)
        if direct is not None:
            return direct
        await self.budget.reserve(self.info.name, elsewhere=True)
        try:
            if self._halted and not isinstance(self._halted, BudgetExceeded):
                raise self._halted.fresh()
            async with self._writing:
                dispatcher.post(key, await asyncio.to_thread(self._api.line, key, request))
        except DataError as error:
            self.budget.give_back(self.info.name, elsewhere=True)
            return Output.failed(FailureKind.CASE, str(error))
        except BaseException:
            self.budget.give_back(self.info.name, elsewhere=True)
            raise
        return None

    async def _settled(self, dispatcher: Dispatcher, key: str) -> Output:
        """Wait for the answer from the batch, and settle its budget reservation."""
        try:
            output = await dispatcher.answer(key)
        except BaseException:
            self.budget.give_back(self.info.name, elsewhere=True)
            raise
        if output.failure and output.failure.kind is FailureKind.EXPIRED:
            self.budget.give_back(self.info.name, elsewhere=True)
        else:
            answered = output.status is Status.ANSWERED
            self.budget.settle(
                self.info.name, output.usage, left_out=output.left_out, must_have_price=answered, elsewhere=True
            )
        return output

    async def _probe(self, request: Request, accept: Accept | None) -> Output | None:
        """Send the request directly if none has been answered yet; otherwise return None."""
        if self._sound.is_set():
            return None
        async with self._first:
            if self._sound.is_set():
                return None
            output = await self._direct.ask(request, accept=accept)
            if output.failure is None:
                self._sound.set()
            return output
