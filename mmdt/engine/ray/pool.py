"""A pool of Ray workers: jobs go to the least busy one, and those of a worker that is lost to another, once."""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import Counter, deque
from collections.abc import Coroutine, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import msgspec

from mmdt.engine.ray.wire import Done, Job, Opened, Part, decode, encode
from mmdt.engine.ray.worker import Worker
from mmdt.errors import UsageError

log = logging.getLogger(__name__)

LINGER = 0.002
"""Seconds in which jobs for the same worker gather into one message."""
TRIES = 2
"""A job whose worker is lost is done again exactly once; it may be what kills them."""


class PoolGone(Exception):  # noqa: N818 - a state of the pool, told to whoever has a job for it
    """No worker is left, and none is on its way."""


@dataclass(eq=False, slots=True)
class _Task:
    """A job on its way; ``payload`` is the encoded job."""

    ticket: int
    part: str
    payload: msgspec.Raw
    result: asyncio.Future[Done]
    tries: int = 0


@dataclass(eq=False, slots=True)
class _Hand:
    """One worker as the driver sees it."""

    actor: Any
    tasks: dict[int, _Task] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)
    outbox: list[_Task] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


class Pool:
    """``size`` actors that claim so many CPUs and GPUs each; all of them open all of ``parts``."""

    def __init__(
        self, size: int, cpus: float = 1.0, gpus: float = 0.0, *, shared: str = "", patience: float = 120.0
    ) -> None:
        self.size = size
        self.cpus = cpus
        self.gpus = gpus
        self.parts: dict[str, Part] = {}
        self.marks: dict[str, str] = {}
        self.lost = 0
        self._shared = shared
        self._patience = patience
        self._secrets: Mapping[str, str] = {}
        self._hands: list[_Hand] = []
        self._actors: list[Any] = []
        self._coming: set[asyncio.Task[None]] = set()
        self._talks: set[asyncio.Task[None]] = set()
        self._waiting: deque[_Task] = deque()
        self._tickets = itertools.count()
        self._replaceable = size
        self._error: UsageError | None = None

    def add(self, part: Part, mark: str) -> None:
        """One more part for all workers; ``mark`` must be what describes it there as well."""
        self.parts[part.key] = part
        self.marks[part.key] = mark

    async def start(self, secrets: Mapping[str, str]) -> None:
        """Start the workers; returns when all are ready, or some and the patience is over (the others join later).

        ``secrets``: environment variables for the workers. They are sent to the actors themselves and not through Ray's
        runtime environment, which is written into its logs.

        Raises UsageError where none comes up, or where one cannot open its parts.
        """
        self._secrets = secrets
        for _ in range(self.size):
            self._hire()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while self._coming and self._error is None:
                    await asyncio.wait(self._coming, return_when=asyncio.FIRST_COMPLETED)
        if self._error:
            raise self._error
        if not self._hands:
            raise self._no_room()
        if len(self._hands) < self.size:
            log.warning("%d of %d workers are ready, the others join when there is room", len(self._hands), self.size)

    async def do(self, part: str, **work: Any) -> Done:
        """The result of one job. Raises PoolGone."""
        ticket = next(self._tickets)
        payload = msgspec.Raw(encode(Job(ticket, part, **work)))
        task = _Task(ticket, part, payload, asyncio.get_running_loop().create_future())
        self._place(task)
        try:
            return await task.result
        except asyncio.CancelledError:
            self._forget(task)
            raise

    async def close(self) -> None:
        """End all workers."""
        import ray

        background = self._coming | self._talks
        for task in background:
            task.cancel()
        for actor in self._actors:
            with suppress(Exception):
                ray.kill(actor)
        await asyncio.gather(*background, return_exceptions=True)
        self._hands.clear()
        self._fail_waiting()

    # Workers come and go.

    def _hire(self) -> None:
        task = asyncio.create_task(self._join())
        self._coming.add(task)
        task.add_done_callback(self._joined)

    def _replace(self) -> None:
        """Until so many in a row are lost before any has done a job: then it is not the machines."""
        if self._replaceable:
            self._replaceable -= 1
            self._hire()

    async def _join(self) -> None:
        import ray

        claims = {"num_cpus": self.cpus, "num_gpus": self.gpus, "scheduling_strategy": "SPREAD"}
        actor = ray.remote(Worker).options(**claims).remote(self._shared)
        self._actors.append(actor)
        opened = decode(await actor.open.remote(encode(list(self.parts.values())), dict(self._secrets)), Opened)
        if opened.error:
            what, where, hint = opened.error
            raise UsageError(what, where=where or "on a Ray worker", hint=hint or "see the worker's log")
        for key, mark in self.marks.items():
            if opened.marks.get(key) != mark:
                hint = "install the same version of mmdt and of its libraries on all machines"
                raise UsageError(f"{key} is another one on a Ray worker than here", hint=hint)
        hand = _Hand(actor)
        self._hands.append(hand)
        self._background(self._collect(hand))
        while self._waiting:
            self._place(self._waiting.popleft())

    def _joined(self, task: asyncio.Task[None]) -> None:
        self._coming.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, UsageError):
            self._error = error
        elif error is not None:  # its node was lost meanwhile, and others may be there
            log.warning("a worker ended as it started: %s", _first_line(error))
            self._replace()
        if not self._hands and not self._coming:
            self._fail_waiting()

    async def _collect(self, hand: _Hand) -> None:
        try:
            while True:
                for done in decode(await hand.actor.finished.remote(), list[Done]):
                    self._settle(hand, done)
        except Exception as error:  # the actor, its node or the way to it is gone
            self._lose(hand, error)

    def _settle(self, hand: _Hand, done: Done) -> None:
        self._replaceable = self.size
        task = hand.tasks.pop(done.ticket, None)
        if task is not None:
            hand.busy[task.part] -= 1
            if not task.result.done():
                task.result.set_result(done)

    def _lose(self, hand: _Hand, error: Exception) -> None:
        import ray

        if hand not in self._hands:
            return
        self._hands.remove(hand)
        self.lost += 1
        with suppress(Exception):
            ray.kill(hand.actor)  # were it only out of reach, it would go on asking
        log.warning("a worker is lost with %d jobs under way: %s", len(hand.tasks), _first_line(error))
        self._replace()
        if not self._hands:
            asyncio.get_running_loop().call_later(self._patience, self._give_up)
        for task in hand.tasks.values():
            if task in hand.outbox:
                task.tries -= 1
            if task.tries < TRIES:
                self._place(task)
            elif not task.result.done():
                task.result.set_result(Done(task.ticket, error="two workers were lost with this job"))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._talks.add(task)
        task.add_done_callback(self._talks.discard)

    # Jobs come and go.

    def _place(self, task: _Task) -> None:
        if task.result.done():
            return
        if not self._hands:
            self._waiting.append(task)
            if not self._coming:
                self._fail_waiting()
            return
        hand = min(self._hands, key=lambda each: each.busy[task.part])
        hand.tasks[task.ticket] = task
        hand.busy[task.part] += 1
        task.tries += 1
        if not hand.outbox:
            asyncio.get_running_loop().call_later(LINGER, self._send, hand)
        hand.outbox.append(task)

    def _send(self, hand: _Hand) -> None:
        jobs = [task.payload for task in hand.outbox if not task.result.done()]
        hand.outbox.clear()
        if jobs and hand in self._hands:
            self._background(self._deliver(hand, encode(jobs)))

    async def _deliver(self, hand: _Hand, jobs: bytes) -> None:
        try:
            await hand.actor.take.remote(jobs)
        except Exception as error:
            self._lose(hand, error)

    def _forget(self, task: _Task) -> None:
        """Its caller is gone: the worker is told, so that it does not go on."""
        ticket = task.ticket
        for hand in self._hands:
            if hand.tasks.pop(ticket, None) is not None:
                hand.busy[task.part] -= 1
                if not hand.dropped:
                    asyncio.get_running_loop().call_soon(self._drop, hand)
                hand.dropped.append(ticket)

    def _drop(self, hand: _Hand) -> None:
        tickets, hand.dropped = hand.dropped, []
        if hand in self._hands:
            hand.actor.drop.remote(tickets)

    def _give_up(self) -> None:
        if not self._hands:
            self._fail_waiting()

    def _fail_waiting(self) -> None:
        while self._waiting:
            task = self._waiting.popleft()
            if not task.result.done():
                task.result.set_exception(PoolGone("no Ray worker is left"))

    def _no_room(self) -> UsageError:
        import ray

        has = {name: amount for name, amount in ray.cluster_resources().items() if name in ("CPU", "GPU")}
        total = ", ".join(f"{amount:g} {name}" for name, amount in sorted(has.items())) or "neither"
        return UsageError(
            f"no Ray worker came up within {self._patience:g} seconds",
            where=f"each claims {self.cpus:g} CPU and {self.gpus:g} GPU, the cluster has {total}",
            hint="ask for less with --ray-set model_cpus=..., or give the cluster more nodes",
        )


def _first_line(error: BaseException) -> str:
    """Ray's messages go on for a screen."""
    return str(error).partition("\n")[0]
