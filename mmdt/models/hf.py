"""Open vision-language models on this machine, through transformers: ``hf/<id or folder>``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError
from mmdt.models.check import Finding
from mmdt.models.checkpoint import Checkpoint, checkpoint_finding, loaded, quiet
from mmdt.models.device import free_memory, out_of_memory
from mmdt.models.failures import empty
from mmdt.models.hf_settings import HfSettings, device_of, hf_info, hf_settings, open_checkpoint
from mmdt.models.requests import unfit

if TYPE_CHECKING:
    from mmdt.models.hf_runtime import HfRuntime, Reply


class HfModel:
    """One checkpoint, loaded at the first request. One thread makes batches ready, another works on the device."""

    def __init__(self, name: str, checkpoint: Checkpoint, settings: HfSettings) -> None:
        self._info = hf_info(name, checkpoint, settings)
        self._checkpoint = checkpoint
        self._settings = settings
        self._runtime: asyncio.Future[HfRuntime] | None = None
        self._preparing = ThreadPoolExecutor(1, thread_name_prefix="mmdt-hf-prepare")
        self._device = ThreadPoolExecutor(1, thread_name_prefix="mmdt-hf-device")

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Raises UsageError where the checkpoint cannot be loaded: then no request can be answered."""
        runtime = await self._loaded()
        done: dict[int, Output] = {}
        groups: dict[bool, list[int]] = {True: [], False: []}  # no processor takes some with pictures, some without
        for place, request in enumerate(requests):
            why_not = unfit(request, self._info) or _blind(request, runtime)
            if why_not is not None:
                done[place] = why_not
            else:
                groups[bool(request.images)].append(place)
        for places in filter(None, groups.values()):
            outputs = await self._answers(runtime, [requests[place] for place in places])
            done |= zip(places, outputs, strict=True)
        return [done[place] for place in range(len(requests))]

    async def check(self) -> list[Finding]:
        """What ``mmdt doctor`` wants to know; loads nothing."""
        return [Finding("ok", f"it runs on {device_of(self._settings)}"), checkpoint_finding(self._checkpoint)]

    async def close(self) -> None:
        for threads in (self._preparing, self._device):
            threads.shutdown(wait=False, cancel_futures=True)
        self._runtime = None

    async def _loaded(self) -> HfRuntime:
        if self._runtime is None:
            loop = asyncio.get_running_loop()
            self._runtime = asyncio.ensure_future(loop.run_in_executor(self._device, self._load))
        return await asyncio.shield(self._runtime)  # a request that gives up must not stop the loading

    def _load(self) -> HfRuntime:
        quiet()

        def load() -> HfRuntime:
            from mmdt.models.hf_runtime import HfRuntime

            return HfRuntime(self._checkpoint, self._settings)

        return loaded("the model", self._checkpoint, load)

    async def _answers(self, runtime: HfRuntime, requests: Sequence[Request]) -> list[Output]:
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        try:
            prepared, failed = await loop.run_in_executor(self._preparing, _prepared, runtime, requests)
            if prepared is None:
                return [failed[place] for place in range(len(requests))]
            seeds = [request.seed for place, request in enumerate(requests) if place not in failed]
            replies = iter(await loop.run_in_executor(self._device, runtime.reply, prepared, seeds, stop))
        except asyncio.CancelledError:
            stop.set()
            raise
        except Exception as error:
            if not out_of_memory(error):
                raise
            return [_no_room(error, alone=len(requests) == 1) for _ in requests]
        return [failed.get(place) or self._output(next(replies)) for place in range(len(requests))]

    def _output(self, reply: Reply) -> Output:
        usage = Usage(reply.input_tokens, reply.output_tokens, cost=0.0)
        if not reply.text:
            return empty(reply.finish, usage)
        return Output.answered(reply.text, usage=usage, finish=reply.finish, model=self._info.settings["weights"])


def _blind(request: Request, runtime: HfRuntime) -> Output | None:
    if request.images and not runtime.sees:
        return Output.failed(FailureKind.CASE, "this checkpoint reads text alone, the case has pictures")
    return None


def _prepared(runtime: HfRuntime, requests: Sequence[Request]) -> tuple[Any, dict[int, Output]]:
    """The inputs for all requests but those whose pictures cannot be read; None where no request is left."""
    pictures, failed = [], {}
    for place, request in enumerate(requests):
        try:
            pictures.append([image.pil() for image in request.images])
        except DataError as error:
            failed[place] = Output.failed(FailureKind.CASE, str(error))
    readable = [request for place, request in enumerate(requests) if place not in failed]
    return (runtime.prepare(readable, pictures) if readable else None), failed


def _no_room(error: Exception, *, alone: bool) -> Output:
    """Retryable unless the request was alone: a smaller batch may fit, less than one request there is not."""
    free_memory()
    cure = ": lower max_tokens or the number of images, take quantization, a smaller dtype or device_map=auto"
    message = f"the device's memory does not hold {'one request' if alone else 'the batch'}{cure if alone else ''}"
    return Output.failed(FailureKind.MEMORY, message, retryable=not alone)


def open_hf(rest: str, settings: Mapping[str, Any]) -> HfModel:
    """The factory behind the entry point: ``rest`` is an id on the hub, with ``@revision`` if need be, or a folder."""
    checked = hf_settings(rest, settings)
    return HfModel(f"hf/{rest}", open_checkpoint(rest, checked.revision), checked)
