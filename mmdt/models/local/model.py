"""LocalModel: the base class of all runtimes on this machine. It loads the weights once, has one thread for the device
and one for other work, and handles cancelled requests and full memory."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.models.check import Finding
from mmdt.models.local.checkpoint import Checkpoint, checkpoint_finding, loaded, quiet
from mmdt.models.local.device import free_memory, out_of_memory
from mmdt.models.local.weights import GATE
from mmdt.models.requests import unfit

R = TypeVar("R")
"""The type of the loaded checkpoint."""
T = TypeVar("T")


class LocalModel(Generic[R]):
    """One checkpoint, loaded at the first request. A subclass implements loading and answering.

    ``hint``: what to do if a single request does not fit into the device's memory.
    """

    hint = ""

    def __init__(self, info: ModelInfo, checkpoint: Checkpoint, device: str) -> None:
        self._info = info
        self._checkpoint = checkpoint
        self._where = device
        self._runtime: asyncio.Future[R] | None = None
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="mmdt-beside")
        self._device = ThreadPoolExecutor(1, thread_name_prefix="mmdt-device")

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def check(self) -> list[Finding]:
        """The findings for ``mmdt doctor``; loads nothing."""
        return [Finding("ok", f"it runs on {self._where}"), checkpoint_finding(self._checkpoint)]

    async def close(self) -> None:
        for threads in (self._beside, self._device):
            threads.shutdown(wait=False, cancel_futures=True)
        self._runtime = None

    def _open(self) -> R:
        """The checkpoint, ready for use; may raise anything."""
        raise NotImplementedError

    async def _loaded(self) -> R:
        """The loaded checkpoint. Raises UsageError if it cannot be loaded: then no request can be answered."""
        if self._runtime is None:
            loop = asyncio.get_running_loop()
            self._runtime = asyncio.ensure_future(loop.run_in_executor(self._device, self._load))
        return await asyncio.shield(self._runtime)  # a cancelled request must not stop the loading

    async def _on_device(self, work: Callable[..., T], *args: Any) -> T:
        """Run ``work`` in the only thread that may use the neural network."""
        return await asyncio.get_running_loop().run_in_executor(self._device, _while_nothing_loads, work, *args)

    async def _beside_it(self, work: Callable[..., T], *args: Any) -> T:
        """Run ``work`` while the neural network is busy: for preparing and encoding pictures."""
        return await asyncio.get_running_loop().run_in_executor(self._beside, _while_nothing_loads, work, *args)

    async def _each(
        self,
        requests: Sequence[Request],
        why_not: Callable[[Request], Output | None],
        answer: Callable[[Sequence[Request]], Awaitable[Sequence[Output]]],
    ) -> list[Output]:
        """One output per request, in order: a failure for those that cannot be sent, else the output of ``answer``."""
        done = {
            place: no
            for place, request in enumerate(requests)
            if (no := unfit(request, self._info) or why_not(request))
        }
        places = [place for place in range(len(requests)) if place not in done]
        if places:
            done |= zip(places, await answer([requests[place] for place in places]), strict=True)
        return [done[place] for place in range(len(requests))]

    async def _within_memory(
        self, requests: Sequence[Request], work: Callable[[threading.Event], Awaitable[list[Output]]]
    ) -> list[Output]:
        """The outputs of ``work``, or failures for all requests if memory ran out.

        ``work`` is called with an event that is set when the caller is cancelled, so that the device is free soon.
        """
        stop = threading.Event()
        try:
            return await work(stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        except Exception as error:
            if not out_of_memory(error):
                raise
            return [_no_room(error, self.hint, alone=len(requests) == 1)] * len(requests)

    def _load(self) -> R:
        quiet()
        return loaded("the model", self._checkpoint, self._open)


def _while_nothing_loads(work: Callable[..., T], *args: Any) -> T:
    with GATE.computing():
        return work(*args)


def _no_room(error: Exception, hint: str, *, alone: bool) -> Output:
    """A failure that is retryable unless the request was alone: a smaller batch may fit."""
    error.__traceback__ = None  # it refers to the tensors that did not fit
    free_memory()
    message = "the batch does not fit into the device's memory"
    if alone:
        message = f"a single request does not fit into the device's memory: {hint}"
    return Output.failed(FailureKind.MEMORY, message, retryable=not alone)
