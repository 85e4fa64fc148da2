"""A worker on a Ray cluster. It opens models and evaluators by name and runs many jobs at once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Mapping
from dataclasses import dataclass

from mmdt import plugins
from mmdt.core.protocols import Ask, Evaluator, Model, ModelInfo
from mmdt.engine.endpoint.calls import call, describe
from mmdt.engine.ray.wire import Component, ImagePacker, Job, JobResult, OpenResult, decode, encode
from mmdt.engine.store.codec import identity_hash
from mmdt.errors import DataError, MmdtError, UsageError
from mmdt.plugins import files
from mmdt.safe_text.logs import guard_logs
from mmdt.safe_text.redaction import know, know_environment
from mmdt.spelling import speak


@dataclass(frozen=True, slots=True)
class _OpenComponent:
    component: Component
    opened: Model | Evaluator
    slots: asyncio.Semaphore
    """Limits the calls to what the model or evaluator allows: the driver sends some jobs in advance."""


class Worker:
    """The Ray actor. Jobs arrive with ``take`` and results are fetched with ``finished``, so that many small jobs share
    a message in both directions and none waits for a slower one."""

    def __init__(self, shared: str = "") -> None:
        self._packer = ImagePacker(shared)
        self._components: dict[str, _OpenComponent] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._done: list[JobResult] = []
        self._any_done = asyncio.Event()

    async def open(
        self, components: bytes, secrets: Mapping[str, str], sources: Mapping[str, str], shell: bool = False
    ) -> bytes:
        """Open the components; returns an encoded OpenResult. ``secrets`` go into this process's environment only.

        ``sources``: path -> source of the run's plugin files, loaded first. Whoever can call this can run code here
        anyway: that is what a Ray cluster is. ``shell``: whether messages are for somebody at a shell.
        """
        speak(shell)
        os.environ.update(secrets)
        know_environment()
        guard_logs()
        know(*secrets.values())
        try:
            files.load_sources(sources)
        except UsageError as error:
            return encode(OpenResult(error=(error.what, error.where, error.hint)))
        identities = {}
        for component in decode(components, list[Component]):
            try:
                opened = _open_component(component)
            except MmdtError as error:
                return encode(OpenResult(error=(error.what, error.where, error.hint)))
            except Exception as error:
                return encode(
                    OpenResult(error=(f"{component.name} cannot be opened on a worker: {describe(error)}", "", ""))
                )
            self._components[component.key] = _OpenComponent(
                component, opened, asyncio.Semaphore(opened.info.concurrency)
            )
            identities[component.key] = identity_hash(opened.info)
        return encode(OpenResult(identities))

    async def take(self, jobs: bytes) -> None:
        """Start an encoded list of jobs."""
        for job in decode(jobs, list[Job]):
            task = asyncio.create_task(self._work(job))
            self._tasks[job.ticket] = task

    async def drop(self, tickets: list[int]) -> None:
        """Cancel jobs that nobody waits for any more."""
        for ticket in tickets:
            task = self._tasks.get(ticket)
            if task is not None:
                task.cancel()

    async def finished(self) -> bytes:
        """The encoded list of all results that were not fetched yet; waits until there is one."""
        await self._any_done.wait()
        self._any_done.clear()
        done, self._done = self._done, []
        return encode(done)

    async def _work(self, job: Job) -> None:
        opened = self._components[job.component]
        try:
            async with opened.slots:
                done = await self._carried_out(job, opened)
        except Exception as error:
            stops = isinstance(error, MmdtError) and not isinstance(error, DataError)
            done = JobResult(job.ticket, error=str(error) if stops else describe(error), stops=stops)
        finally:
            self._tasks.pop(job.ticket, None)
        self._done.append(done)
        self._any_done.set()

    async def _carried_out(self, job: Job, opened: _OpenComponent) -> JobResult:
        if opened.component.kind == "model":
            outputs = await call(opened.opened, job.requests, opened.component.timeout)  # type: ignore[arg-type]
            return JobResult(job.ticket, outputs=await self._packer.outputs(outputs))
        seen = await opened.opened.observe(job.items)  # type: ignore[union-attr]
        return JobResult(job.ticket, observations=tuple(seen))


def _open_component(component: Component) -> Model | Evaluator:
    if component.kind == "model":
        return plugins.open_model(component.name, component.settings)
    return plugins.open_evaluator(component.role, component.name, _NoModels())


class _NoModels:
    """The context of evaluators on workers. It has no models: evaluators that use one stay with the driver, which has
    the budget."""

    def ask(self, model: str) -> Ask:
        raise UsageError(f"an evaluator on a worker wants to ask {model}", hint="let its factory call context.ask")

    def model_info(self, model: str) -> ModelInfo:
        raise UsageError(f"an evaluator on a worker wants to ask {model}", hint="let its factory call context.ask")
