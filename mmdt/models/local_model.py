"""What all runtimes on this machine share: weights loaded once, one thread on the device, another beside it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Generic, TypeVar

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import ModelInfo
from mmdt.models.check import Finding
from mmdt.models.checkpoint import Checkpoint, checkpoint_finding, loaded, quiet
from mmdt.models.device import free_memory

R = TypeVar("R")
"""What is loaded."""


class LocalModel(Generic[R]):
    """One checkpoint, loaded at the first request; a subclass says how, and how requests are answered."""

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
        """What ``mmdt doctor`` wants to know; loads nothing."""
        return [Finding("ok", f"it runs on {self._where}"), checkpoint_finding(self._checkpoint)]

    async def close(self) -> None:
        for threads in (self._beside, self._device):
            threads.shutdown(wait=False, cancel_futures=True)
        self._runtime = None

    def _open(self) -> R:
        """The checkpoint, ready for use; may raise anything."""
        raise NotImplementedError

    async def _loaded(self) -> R:
        """Raises UsageError where the checkpoint cannot be loaded: then no request can be answered."""
        if self._runtime is None:
            loop = asyncio.get_running_loop()
            self._runtime = asyncio.ensure_future(loop.run_in_executor(self._device, self._load))
        return await asyncio.shield(self._runtime)  # a request that gives up must not stop the loading

    def _load(self) -> R:
        quiet()
        return loaded("the model", self._checkpoint, self._open)


def no_room(error: Exception, cure: str, *, alone: bool) -> Output:
    """Retryable unless the request was alone: a smaller batch may fit, less than one request there is not."""
    error.__traceback__ = None  # it holds what did not fit
    free_memory()
    message = f"one request alone does not fit into the device's memory: {cure}" if alone else "the batch does not fit"
    return Output.failed(FailureKind.MEMORY, message, retryable=not alone)
