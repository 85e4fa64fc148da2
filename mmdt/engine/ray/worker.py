"""A worker on a Ray cluster: it opens models and evaluators by name and works on many jobs at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

from mmdt import plugins
from mmdt.core.protocols import Ask, Evaluator, Model, ModelInfo
from mmdt.engine.endpoint.calls import call, describe
from mmdt.engine.ray.wire import Carrier, Done, Job, Opened, Part, decode, encode
from mmdt.engine.store.codec import mark_of
from mmdt.errors import DataError, MmdtError, UsageError


@dataclass(frozen=True, slots=True)
class _Open:
    part: Part
    thing: Model | Evaluator
    free: asyncio.Semaphore
    """So many calls at once as the model or evaluator allows: the driver sends some more, to be ready here."""


class Worker:
    """The body of a Ray actor. Jobs come in with ``take``; what is done is fetched with ``finished``, so that many
    small jobs share a message in both directions and none waits for a slower one."""

    def __init__(self, shared: str = "") -> None:
        self._carrier = Carrier(shared)
        self._parts: dict[str, _Open] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._done: list[Done] = []
        self._news = asyncio.Event()

    async def open(self, parts: bytes, secrets: Mapping[str, str]) -> bytes:
        """Open the parts; ``secrets`` go into this process's environment and nowhere else. An Opened, as bytes."""
        os.environ.update(secrets)
        marks = {}
        for part in decode(parts, list[Part]):
            try:
                thing = _opened(part)
            except MmdtError as error:
                return encode(Opened(error=(error.what, error.where, error.hint)))
            except Exception as error:
                return encode(Opened(error=(f"{part.name} cannot be opened on a worker: {describe(error)}", "", "")))
            self._parts[part.key] = _Open(part, thing, asyncio.Semaphore(thing.info.concurrency))
            marks[part.key] = mark_of(thing.info)
        return encode(Opened(marks))

    async def take(self, jobs: bytes) -> None:
        """Begin to work on a list of jobs."""
        for job in decode(jobs, list[Job]):
            task = asyncio.create_task(self._work(job))
            self._tasks[job.ticket] = task

    async def drop(self, tickets: list[int]) -> None:
        """Nobody waits for these any more."""
        for ticket in tickets:
            task = self._tasks.get(ticket)
            if task is not None:
                task.cancel()

    async def finished(self) -> bytes:
        """All that is done and not yet fetched, as a list; waits until there is something."""
        await self._news.wait()
        self._news.clear()
        done, self._done = self._done, []
        return encode(done)

    async def _work(self, job: Job) -> None:
        opened = self._parts[job.part]
        try:
            async with opened.free:
                done = await self._carried_out(job, opened)
        except Exception as error:
            stops = isinstance(error, MmdtError) and not isinstance(error, DataError)
            done = Done(job.ticket, error=str(error) if stops else describe(error), stops=stops)
        finally:
            self._tasks.pop(job.ticket, None)
        self._done.append(done)
        self._news.set()

    async def _carried_out(self, job: Job, opened: _Open) -> Done:
        if opened.part.kind == "model":
            outputs = await call(opened.thing, job.requests, opened.part.timeout)  # type: ignore[arg-type]
            return Done(job.ticket, outputs=await self._carrier.outputs(outputs))
        seen = await opened.thing.observe(job.items)  # type: ignore[union-attr]
        return Done(job.ticket, observations=tuple(seen))


def _opened(part: Part) -> Model | Evaluator:
    if part.kind == "model":
        return plugins.open_model(part.name, part.settings)
    return plugins.open_evaluator(part.role, part.name, _NoModels())


class _NoModels:
    """The context of evaluators on workers: those that ask a model stay with the driver, which keeps the budget."""

    def ask(self, model: str) -> Ask:
        raise UsageError(f"an evaluator on a worker wants to ask {model}", hint="let its factory call context.ask")

    def model_info(self, model: str) -> ModelInfo:
        raise UsageError(f"an evaluator on a worker wants to ask {model}", hint="let its factory call context.ask")
