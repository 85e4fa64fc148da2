"""BatchEndpoint: one model asked through its provider's batches, at half the price and within a day."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

from mmdt.core.batch_api import BatchApi
from mmdt.core.output import FailureKind, Output, Status, Usage
from mmdt.core.protocols import Request
from mmdt.engine.batches.book import Book
from mmdt.engine.batches.carrier import Pace
from mmdt.engine.batches.dispatch import Dispatch
from mmdt.engine.endpoint.endpoint import Accept, Endpoint
from mmdt.engine.errors import BudgetExceeded, StopRun
from mmdt.engine.store.codec import content_key
from mmdt.errors import DataError
from mmdt.models.requests import unfit

OPEN = 20_000
"""Requests that may wait in batches at a time: each costs some kilobytes of memory meanwhile."""


WRITING = 4
"""Requests that are made ready for a batch at a time: their pictures are in memory meanwhile."""


class BatchEndpoint:
    """Like an endpoint, for whoever asks: limits on the rate do not apply, the budget does.

    The first request goes to the model directly. What is wrong with the key, the model's name or a setting shows
    there and not a day later, and so does what a request costs. What a batch holds is known by its content key, so that
    any later process finds it. A request that failed within a batch is asked again directly; one whose turn did not
    come goes into another batch. ``submit`` false: nothing new goes into batches, only what earlier ones hold is used.
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
        self._dispatch: Dispatch | None = None
        self._halted: StopRun | None = None
        self._first = asyncio.Lock()
        self._writing = asyncio.Semaphore(WRITING)
        self._sound = asyncio.Event()

    async def start(self, folder: Path) -> None:
        """Begin to work; ``folder`` keeps the batches. Raises StoreError."""
        self._dispatch = Dispatch(self._api, Book(folder), self.info.name, self._pace, wait=self._wait)
        await self._dispatch.start()

    @property
    def in_flight(self) -> int:
        return self._direct.in_flight + (self._dispatch.waiting if self._dispatch else 0)

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
        return self._dispatch.note if self._dispatch else ""

    async def ask(self, request: Request, *, accept: Accept | None = None) -> Output:
        """The final output, as an endpoint's. Raises StopRun, and StoreError where the disk refuses."""
        key, used = content_key(self.info, request), Usage()
        for attempt in range(1, self.limits.attempts + 1):
            output = await self._answer(key, request, accept)
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
        """Take nothing more; what the provider has is waited for, and what the budget allowed for still goes there."""
        self._halted = self._halted or reason
        self._direct.halt(reason)
        if self._dispatch and not isinstance(reason, BudgetExceeded):
            self._dispatch.halt(reason)

    async def close(self, *, complete: bool = False) -> None:
        """Close the model too. ``complete``: no answer in any batch is needed any more."""
        if self._dispatch:
            await self._dispatch.close(complete=complete)
        await self._direct.close()

    async def _answer(self, key: str, request: Request, accept: Accept | None) -> Output:
        """One attempt: directly, from a batch that holds the request already, or through a new one."""
        dispatch = self._dispatch
        assert dispatch is not None, "start was not called"  # noqa: S101
        if dispatch.knows(key):
            self.budget.count(self.info.name)
        else:
            answered = await self._post(dispatch, key, request, accept)
            if answered is not None:
                return answered
        output = await self._settled(dispatch, key)
        if accept is not None and output.status is Status.ANSWERED:
            output = await accept(output)
        return output

    async def _post(self, dispatch: Dispatch, key: str, request: Request, accept: Accept | None) -> Output | None:
        """Put the request into a batch, with its claim on the budget; or the output where it is answered without one.

        Nothing of the request's line is held on to afterwards: thousands may wait for their answers.
        """
        refused = unfit(request, self.info)
        if refused is not None:
            return refused
        if not self._submit:
            return await self._direct.ask(request, accept=accept)
        direct = await self._probe(request, accept)
        if direct is not None:
            return direct
        await self.budget.reserve(self.info.name)
        try:
            if self._halted and not isinstance(self._halted, BudgetExceeded):
                raise self._halted.fresh()
            async with self._writing:
                dispatch.post(key, await asyncio.to_thread(self._api.line, key, request))
        except DataError as error:
            self.budget.give_back(self.info.name)
            return Output.failed(FailureKind.CASE, str(error))
        except BaseException:
            self.budget.give_back(self.info.name)
            raise
        return None

    async def _settled(self, dispatch: Dispatch, key: str) -> Output:
        """The answer of a batch; the claim on the budget is settled with it."""
        try:
            output = await dispatch.answer(key)
        except BaseException:
            self.budget.give_back(self.info.name)
            raise
        if output.failure and output.failure.kind is FailureKind.EXPIRED:
            self.budget.give_back(self.info.name)
        else:
            answered = output.status is Status.ANSWERED
            self.budget.settle(self.info.name, output.usage, must_have_price=answered)
        return output

    async def _probe(self, request: Request, accept: Accept | None) -> Output | None:
        """The answer to the request if it is the first one; None when another was answered before."""
        if self._sound.is_set():
            return None
        async with self._first:
            if self._sound.is_set():
                return None
            output = await self._direct.ask(request, accept=accept)
            if output.failure is None:
                self._sound.set()
            return output
