"""Endpoint: requests to one model, with limits, retries and a budget."""

from __future__ import annotations

import asyncio
import random
import re
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import NoReturn

from mmdt.core.output import Failure, FailureKind, Output, RefusedBy, Status, Usage
from mmdt.core.protocols import Model, ModelInfo, Request
from mmdt.engine.endpoint.adaptive import Aimd, Slots
from mmdt.engine.endpoint.batcher import Batcher
from mmdt.engine.endpoint.blind import looks_blind
from mmdt.engine.endpoint.budget import Budget
from mmdt.engine.endpoint.calls import call
from mmdt.engine.endpoint.descriptors import connections
from mmdt.engine.endpoint.rate import RateLimits
from mmdt.engine.endpoint.reasoning import reasoning_apart
from mmdt.engine.endpoint.retry import CONGESTION, LONGEST_PAUSE, PATIENCE, REJECTED, Pause, RetryCounter, backoff
from mmdt.engine.errors import EndpointDead, StopRun
from mmdt.models.prices import Priced
from mmdt.spelling import option, verb

GIVEN_UP = 10
"""The endpoint counts as dead after this many requests in a row have failed for good, with no answer in between."""
ALIKE = 5
"""The endpoint counts as misconfigured after this many requests were rejected with one message, and none answered."""
_VARYING = re.compile(r"\d+|\"[^\"]*\"|'[^']*'")
"""What differs between two messages about the same fault: numbers, and what is quoted."""
BATCHES_AHEAD = 4
"""Batches of requests per worker that are accepted at a time: one is processed, and the next is chosen from the others
by similar length."""
_PICTURE = 1_000_000
"""Length of a picture, in characters. It makes the number of pictures matter first, then the length of the text: no
processor accepts requests with and without pictures in one batch, and every additional picture pads all others."""
_OUT_OF_REACH = CONGESTION | {FailureKind.NETWORK, FailureKind.SERVER}

Accept = Callable[[Output], Awaitable[Output]]
"""Checks an answer before it is accepted. It may return a failure, which is retried like any other."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one endpoint.

    ``concurrency``: requests in flight, fixed; None: adaptive. ``rpm``, ``tpm``: requests and tokens per minute.
    ``timeout``: seconds for one attempt. ``attempts``: attempts per request. ``patience``: seconds to wait out an
    endpoint that rejects everything (429, 529) without saying for how long.
    """

    concurrency: int | None = None
    rpm: float | None = None
    tpm: float | None = None
    timeout: float = 600.0
    attempts: int = 6
    patience: float = PATIENCE


class Endpoint:
    """Sends requests to one model, for any number of tasks of one event loop. Closing it closes the model."""

    def __init__(self, model: Model, limits: Limits, budget: Budget) -> None:
        self.model = model
        self.info: ModelInfo = model.info
        self.limits = limits
        self.budget = budget
        self.remote = isinstance(model, Priced)
        self.in_flight = 0
        self._answered = 0
        self._given_up = 0
        self._alike = ("", 0)
        self._storm_since: float | None = None
        self._probing = asyncio.Lock()
        self._good: Request | None = None
        self._pause = Pause()
        self._rates = RateLimits(limits.rpm, limits.tpm, time.monotonic())
        self._dice = random.Random(self.info.name)
        self._halted: StopRun | None = None
        self._asleep: set[asyncio.Future[None]] = set()
        self._batcher: Batcher[Request, Output] | None = None
        self._slots = Slots(_rule(self.info, limits))
        if self.info.batch_size > 1:
            self._batcher = Batcher(self._generate, self.info.batch_size, self.info.concurrency, length=_length)

    @property
    def limit(self) -> int:
        """How many requests may be in flight at the moment."""
        return self._slots.rule.limit

    @property
    def backlog(self) -> int:
        """How many requests callers should offer at a time: as many as may ever be in flight, and some more to wait."""
        return self._slots.rule.ceiling + min(self._slots.rule.ceiling, 64)

    @property
    def paused(self) -> float:
        """Seconds left of a wait that the server asked for."""
        return self._pause.left(time.monotonic())

    async def ask(self, request: Request, *, accept: Accept | None = None) -> Output:
        """The final output after all retries, with the number of attempts and the usage of all of them.

        Raises BudgetExceeded if another attempt could exceed the budget, EndpointDead if no request can succeed any
        more.
        """
        retries = RetryCounter(self.limits.attempts, self.limits.patience)
        used, attempts, before = Usage(), 0, self._answered
        while True:
            output = reasoning_apart(await self._attempt(request))
            if accept is not None and output.status is Status.ANSWERED:
                output = await accept(output)
            attempts, used = attempts + 1, used.plus(output.usage)
            failure = output.failure
            if failure is None:
                self._got_through(request)
                # A model in this process was given the picture, however it counts.
                blind = self.remote and looks_blind(request, output)
                if attempts == output.attempts == 1 and blind == output.blind:
                    return output
                return replace(output, attempts=attempts, usage=used, blind=blind)
            progress, before = self._answered > before, self._answered
            if not await self._again(request, failure, retries, progress=progress):
                if failure.kind is FailureKind.DECLINED:
                    output = Output.refused(RefusedBy.MODEL, failure.message)
                return replace(output, attempts=attempts, usage=used)

    def halt(self, reason: StopRun) -> None:
        """Send nothing more: ``reason`` is raised in waiting tasks at once, and requests in flight are finished."""
        self._halted = self._halted or reason
        self._slots.halt(self._halted)
        for sleeper in self._asleep:
            if not sleeper.done():
                sleeper.set_exception(self._halted.fresh())

    async def close(self, *, complete: bool = False) -> None:
        if self._batcher:
            await self._batcher.close()
        await self.model.close()

    def _got_through(self, request: Request) -> None:
        self._answered, self._given_up, self._storm_since = self._answered + 1, 0, None
        self._good = request

    async def _again(self, request: Request, failure: Failure, retries: RetryCounter, *, progress: bool) -> bool:
        """Whether to try the request again; returns when it is time to."""
        if failure.fatal or (failure.kind is FailureKind.FORBIDDEN and not self._has_answered):
            self._die(failure.message)
        if failure.kind is FailureKind.MEMORY and failure.retryable:
            return True  # the batch was too large and the next one is smaller; the request itself is fine
        wait = failure.retry_after
        if wait is not None:
            if wait > LONGEST_PAUSE:
                self._die(f"the server asks for a wait of {wait / 60:,.0f} minutes ({failure.message}): resume later")
            self._pause.extend(wait, time.monotonic())
        if not retries.again(failure, others_got_through=progress, storm=self._storm(failure)):
            await self._count_given_up(request, failure)
            return False
        # After a pause of the whole endpoint, a random delay keeps the requests from all coming back at once.
        await self._sleep(backoff(retries.waits, self._dice) if wait is None else self._dice.uniform(0.0, 0.2))
        return True

    @property
    def _has_answered(self) -> bool:
        """Whether it has answered anything, in this part of the run or in an earlier one."""
        earlier = self.budget.spent.get(self.info.name)
        return self._answered > 0 or (earlier is not None and bool(earlier.usage.output_tokens or earlier.usage.images))

    def _storm(self, failure: Failure) -> float:
        """Seconds since the endpoint began to reject everything."""
        if failure.kind not in REJECTED:
            return 0.0
        if self._storm_since is None:
            self._storm_since = time.monotonic()
        return time.monotonic() - self._storm_since

    def _count_alike(self, failure: Failure) -> None:
        """Stop where every request is rejected for the same reason: it is a setting, not the cases."""
        if failure.kind is not FailureKind.BAD_REQUEST or self._has_answered:
            return
        said = _VARYING.sub("", failure.message)
        self._alike = (said, self._alike[1] + 1 if self._alike[0] == said else 1)
        if self._alike[1] >= ALIKE:
            self._die(
                f"{self.info.name} rejected each of the first {ALIKE} requests alike ({failure.message}):"
                f" if this is about a setting, change it with {option('model_settings')} (for a judge"
                f" {option('judge_settings')}) and start again; {verb('doctor', self.info.name)} checks the endpoint"
            )

    async def _count_given_up(self, request: Request, failure: Failure) -> None:
        """Note a request that failed for good. Raises EndpointDead if it seems that no other will succeed."""
        self._count_alike(failure)
        if failure.kind not in _OUT_OF_REACH:
            return
        self._given_up += 1
        if self._given_up < GIVEN_UP:
            return
        async with self._probing:
            if self._given_up < GIVEN_UP:  # another task has found it alive meanwhile
                return
            if failure.kind is FailureKind.SERVER and await self._alive(request):
                return
            self._die(
                f"{self.info.name} did not answer the last {self._given_up} requests ({failure.message}):"
                f" check the endpoint with {verb('doctor', self.info.name)}, then resume the run"
            )

    async def _alive(self, failed: Request) -> bool:
        """Whether the endpoint answers something else, in one attempt that is paid for and counted like any other.

        Some servers fail on a few inputs every time. Those are often the last ones of a run, or all that a resumed run
        asks, so ten failures in a row do not show that the server is down.
        """
        probe = self._good or Request.of("Hello.", wants=failed.wants)
        output = await self._attempt(probe)
        if output.failure is None:
            self._got_through(probe)
        return output.failure is None

    def _die(self, message: str) -> NoReturn:
        dead = EndpointDead(message)
        self.halt(dead)
        raise dead.fresh()

    async def _attempt(self, request: Request) -> Output:
        """One attempt, as soon as there is a free slot and all limits allow it."""
        if self._halted:
            raise self._halted.fresh()
        await self._slots.acquire()
        try:
            counted = await self._wait_for_turn(request)
            await self.budget.reserve(self.info.name)
            if self._halted:  # while it waited for the budget
                self.budget.give_back(self.info.name)
                raise self._halted.fresh()
            return await self._send(request, counted)
        finally:
            self._slots.release()

    async def _wait_for_turn(self, request: Request) -> float:
        wait, counted = self._rates.reserve(request, time.monotonic())
        if wait:
            await self._sleep(wait)
        while left := self.paused:
            await self._sleep(left)
        if self._halted:
            raise self._halted.fresh()
        return counted

    async def _send(self, request: Request, counted: float) -> Output:
        self.in_flight += 1
        began = time.monotonic()
        output, sent = None, asyncio.Event()
        try:
            if self._batcher:
                output = await self._batcher.submit(request, sent.set)
            else:
                sent.set()
                (output,) = await self._generate((request,))
        finally:
            now, under_way = time.monotonic(), self.in_flight
            self.in_flight -= 1
            usage = output.usage if output else Usage()
            if sent.is_set() and (output is None or _timed_out(output)):
                # Cancelled, or given up, while it was under way: the provider may charge for it.
                self.budget.settle_unseen(self.info.name)
            elif sent.is_set():
                answered = output is not None and output.status is Status.ANSWERED
                priced = answered and not self.info.organism
                left_out = output.left_out if output else ()
                self.budget.settle(self.info.name, usage, left_out=left_out, must_have_price=priced)
            else:  # cancelled while it waited for its batch
                self.budget.give_back(self.info.name)
        self._rates.settle(counted, usage)
        if output.failure is None:
            self._slots.rule.succeeded(began, now, under_way)
        elif output.failure.kind in CONGESTION:
            self._slots.rule.congested(began, now)
        return replace(output, latency=now - began)

    async def _generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        outputs = await call(self.model, requests, self.limits.timeout)
        if len(requests) > 1 and any(_out_of_memory(output) for output in outputs):
            assert self._batcher is not None  # noqa: S101 - only a batcher sends more than one
            self._batcher.size = max(1, min(self._batcher.size, len(requests) // 2))
            return [_to_be_retried(output) if _out_of_memory(output) else output for output in outputs]
        return outputs

    async def _sleep(self, seconds: float) -> None:
        """Like asyncio.sleep, but ended by ``halt``."""
        if self._halted:
            raise self._halted.fresh()
        loop = asyncio.get_running_loop()
        sleeper: asyncio.Future[None] = loop.create_future()
        timer = loop.call_later(seconds, lambda: None if sleeper.done() else sleeper.set_result(None))
        self._asleep.add(sleeper)
        try:
            await sleeper
        finally:
            timer.cancel()
            self._asleep.discard(sleeper)


def _rule(info: ModelInfo, limits: Limits) -> Aimd:
    if info.batch_size > 1:  # an accelerator has no congestion
        ceiling = BATCHES_AHEAD * info.batch_size * info.concurrency
        return Aimd(ceiling, ceiling)
    if limits.concurrency is not None:
        ceiling = connections(min(limits.concurrency, info.concurrency))
        return Aimd(ceiling, ceiling)
    ceiling = connections(info.concurrency)
    return Aimd(min(info.start_concurrency, ceiling), ceiling)


def _length(request: Request) -> float:
    """Requests of similar length are batched together."""
    return sum(len(each.text) + _PICTURE * len(each.images) for each in request.messages)


def _out_of_memory(output: Output) -> bool:
    return output.failure is not None and output.failure.kind is FailureKind.MEMORY


def _timed_out(output: Output) -> bool:
    return output.failure is not None and output.failure.kind is FailureKind.TIMEOUT and output.usage.cost is None


def _to_be_retried(output: Output) -> Output:
    failure = output.failure
    return replace(output, failure=replace(failure, retryable=True)) if failure else output
