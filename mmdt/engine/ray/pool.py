"""A pool of Ray workers. Each job goes to the least busy one; if that worker is lost, another gets the job, once."""

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

from mmdt.engine.ray.wire import Component, Job, JobResult, OpenResult, decode, encode
from mmdt.engine.ray.worker import Worker
from mmdt.errors import UsageError
from mmdt.plugins import files
from mmdt.spelling import is_command_line, option

log = logging.getLogger(__name__)

LINGER = 0.002
"""Seconds during which jobs for the same worker are collected into one message."""
TRIES = 2
"""A job whose worker is lost is retried once only: the job itself may be what kills the workers."""
REPLACEMENTS = 4
"""A pool of any size replaces at least this many lost workers in a row: while Ray has not noticed that a node is gone,
it places workers there again."""


class PoolGone(Exception):  # noqa: N818 - a state of the pool
    """No worker is left, and none is starting."""


@dataclass(eq=False, slots=True)
class _PendingJob:
    """A job without a result; ``payload`` is the encoded job."""

    ticket: int
    component: str
    payload: msgspec.Raw
    result: asyncio.Future[JobResult]
    tries: int = 0


@dataclass(eq=False, slots=True)
class _WorkerHandle:
    """One worker as the driver sees it."""

    actor: Any
    tasks: dict[int, _PendingJob] = field(default_factory=dict)
    busy: Counter[str] = field(default_factory=Counter)
    outbox: list[_PendingJob] = field(default_factory=list)
    dropped: list[int] = field(default_factory=list)


class Pool:
    """``size`` actors that reserve ``cpus`` CPUs and ``gpus`` GPUs each. Every actor opens all of ``components``."""

    def __init__(
        self, size: int, cpus: float = 1.0, gpus: float = 0.0, *, shared: str = "", patience: float = 120.0
    ) -> None:
        self.size = size
        self.cpus = cpus
        self.gpus = gpus
        self.components: dict[str, Component] = {}
        self.identities: dict[str, str] = {}
        self.lost = 0
        self._shared = shared
        self._patience = patience
        self._secrets: Mapping[str, str] = {}
        self._workers: list[_WorkerHandle] = []
        self._actors: list[Any] = []
        self._starting: set[asyncio.Task[None]] = set()
        self._calls: set[asyncio.Task[None]] = set()
        self._waiting: deque[_PendingJob] = deque()
        self._tickets = itertools.count()
        self._replacements = max(size, REPLACEMENTS)
        self._replacements_left = self._replacements
        self._error: UsageError | None = None

    def add(self, component: Component, identity: str) -> None:
        """Add a component for all workers. ``identity``: the identity hash that it must have there as well."""
        self.components[component.key] = component
        self.identities[component.key] = identity

    async def start(self, secrets: Mapping[str, str]) -> None:
        """Start the workers; returns when all are ready, or after the time limit if some are (the others join later).

        ``secrets``: environment variables for the workers. They are sent to the actors directly and not through Ray's
        runtime environment, which Ray writes to its logs.

        Raises UsageError if no worker starts, or if one cannot open its components.
        """
        self._secrets = secrets
        for _ in range(self.size):
            self._start_worker()
        with suppress(TimeoutError):
            async with asyncio.timeout(self._patience):
                while self._starting and self._error is None:
                    await asyncio.wait(self._starting, return_when=asyncio.FIRST_COMPLETED)
        if self._error:
            raise self._error
        if not self._workers:
            raise self._no_room()
        if len(self._workers) < self.size:
            log.warning(
                "%d of %d workers are ready; the others will join when there is room", len(self._workers), self.size
            )

    async def do(self, component: str, **work: Any) -> JobResult:
        """Run one job and return its result. Raises PoolGone."""
        ticket = next(self._tickets)
        payload = msgspec.Raw(encode(Job(ticket, component, **work)))
        task = _PendingJob(ticket, component, payload, asyncio.get_running_loop().create_future())
        self._place(task)
        try:
            return await task.result
        except asyncio.CancelledError:
            self._forget(task)
            raise

    async def close(self) -> None:
        """Stop all workers."""
        import ray

        background = self._starting | self._calls
        for task in background:
            task.cancel()
        for actor in self._actors:
            with suppress(Exception):
                ray.kill(actor)
        await asyncio.gather(*background, return_exceptions=True)
        self._workers.clear()
        self._fail_waiting()

    # Starting and losing workers.

    def _start_worker(self) -> None:
        task = asyncio.create_task(self._open_worker())
        self._starting.add(task)
        task.add_done_callback(self._started)

    def _replace(self) -> None:
        """Start another worker, unless too many in a row were lost without finishing a job: then the machines are not
        the problem."""
        if self._replacements_left:
            self._replacements_left -= 1
            self._start_worker()

    async def _open_worker(self) -> None:
        import ray

        claims = {"num_cpus": self.cpus, "num_gpus": self.gpus, "scheduling_strategy": "SPREAD"}
        actor = ray.remote(Worker).options(**claims).remote(self._shared)
        self._actors.append(actor)
        opened = decode(
            await actor.open.remote(
                encode(list(self.components.values())), dict(self._secrets), files.sources(), is_command_line()
            ),
            OpenResult,
        )
        if opened.error:
            what, where, hint = opened.error
            raise UsageError(what, where=where or "on a Ray worker", hint=hint or "see the worker's log")
        for key, identity in self.identities.items():
            if opened.identities.get(key) != identity:
                hint = "install the same version of mmdt and of its libraries on all machines"
                raise UsageError(f"{key} on a Ray worker differs from the one here", hint=hint)
        worker = _WorkerHandle(actor)
        self._workers.append(worker)
        self._background(self._collect(worker))
        while self._waiting:
            self._place(self._waiting.popleft())

    def _started(self, task: asyncio.Task[None]) -> None:
        self._starting.discard(task)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, UsageError):
            self._error = error
        elif error is not None:  # its node was lost, but there may be others
            log.warning("a worker died while starting: %s", _first_line(error))
            self._replace()
        if not self._workers and not self._starting:
            self._fail_waiting()

    async def _collect(self, worker: _WorkerHandle) -> None:
        try:
            while True:
                for done in decode(await worker.actor.finished.remote(), list[JobResult]):
                    self._settle(worker, done)
        except Exception as error:  # the actor, its node or the connection is gone
            self._lose(worker, error)

    def _settle(self, worker: _WorkerHandle, done: JobResult) -> None:
        self._replacements_left = self._replacements
        task = worker.tasks.pop(done.ticket, None)
        if task is not None:
            worker.busy[task.component] -= 1
            if not task.result.done():
                task.result.set_result(done)

    def _lose(self, worker: _WorkerHandle, error: Exception) -> None:
        import ray

        if worker not in self._workers:
            return
        self._workers.remove(worker)
        self.lost += 1
        with suppress(Exception):
            ray.kill(worker.actor)  # it may be alive but unreachable, and would go on sending requests
        log.warning("lost a worker with %d jobs in progress: %s", len(worker.tasks), _first_line(error))
        self._replace()
        if not self._workers:
            asyncio.get_running_loop().call_later(self._patience, self._give_up)
        for task in worker.tasks.values():
            if task in worker.outbox:
                task.tries -= 1
            if task.tries < TRIES:
                self._place(task)
            elif not task.result.done():
                task.result.set_result(JobResult(task.ticket, error="two workers were lost while running this job"))

    def _background(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)

    # Assigning and cancelling jobs.

    def _place(self, task: _PendingJob) -> None:
        if task.result.done():
            return
        if not self._workers:
            self._waiting.append(task)
            if not self._starting:
                self._fail_waiting()
            return
        worker = min(self._workers, key=lambda each: each.busy[task.component])
        worker.tasks[task.ticket] = task
        worker.busy[task.component] += 1
        task.tries += 1
        if not worker.outbox:
            asyncio.get_running_loop().call_later(LINGER, self._send, worker)
        worker.outbox.append(task)

    def _send(self, worker: _WorkerHandle) -> None:
        jobs = [task.payload for task in worker.outbox if not task.result.done()]
        worker.outbox.clear()
        if jobs and worker in self._workers:
            self._background(self._deliver(worker, encode(jobs)))

    async def _deliver(self, worker: _WorkerHandle, jobs: bytes) -> None:
        try:
            await worker.actor.take.remote(jobs)
        except Exception as error:
            self._lose(worker, error)

    def _forget(self, task: _PendingJob) -> None:
        """The caller was cancelled: cancel the job on its worker too."""
        ticket = task.ticket
        for worker in self._workers:
            if worker.tasks.pop(ticket, None) is not None:
                worker.busy[task.component] -= 1
                if not worker.dropped:
                    asyncio.get_running_loop().call_soon(self._drop, worker)
                worker.dropped.append(ticket)

    def _drop(self, worker: _WorkerHandle) -> None:
        tickets, worker.dropped = worker.dropped, []
        if worker in self._workers:
            worker.actor.drop.remote(tickets)

    def _give_up(self) -> None:
        if not self._workers:
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
            f"no Ray worker started within {self._patience:g} seconds",
            where=f"each needs {self.cpus:g} CPU and {self.gpus:g} GPU, the cluster has {total}",
            hint=f"reserve less with {option('ray_options', {'model_cpus': '...'})}, or add nodes to the cluster",
        )


def _first_line(error: BaseException) -> str:
    """Ray's messages fill a screen; the first line says enough."""
    return str(error).partition("\n")[0]
