"""Open vision-language models run locally with transformers: ``hf/<id or folder>``."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.hf.settings import HfSettings, device_of, hf_info, hf_settings, open_checkpoint
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.models.local.model import LocalModel
from mmdt.plugins.facts import facts

if TYPE_CHECKING:
    from mmdt.models.hf.runtime import HfReply, HfRuntime


class HfModel(LocalModel["HfRuntime"]):
    """A local chat model. While one thread works on the device, another prepares the next batch."""

    hint = "lower max_tokens or the number of images, or use quantization, a smaller dtype or device_map=auto"

    def __init__(self, name: str, checkpoint: Checkpoint, settings: HfSettings) -> None:
        super().__init__(hf_info(name, checkpoint, settings), checkpoint, device_of(settings))
        self._settings = settings

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Answer the requests. Raises UsageError if the checkpoint cannot be loaded: no request could succeed."""
        runtime = await self._loaded()
        return await self._each(
            requests, lambda request: _unfit(request, runtime), lambda those: self._answers(runtime, those)
        )

    def _open(self) -> HfRuntime:
        from mmdt.models.hf.runtime import HfRuntime

        return HfRuntime(self._checkpoint, self._settings)

    async def _answers(self, runtime: HfRuntime, requests: Sequence[Request]) -> list[Output]:
        """Answer in batches of equal image counts.

        Processors pad the missing images, and text before an image attends to that padding (Llama 3.2 Vision). No
        processor accepts a batch that mixes requests with and without images.
        """
        done: dict[int, Output] = {}
        for number in sorted({len(request.images) for request in requests}, reverse=True):
            places = [place for place, request in enumerate(requests) if len(request.images) == number]
            done |= zip(places, await self._batch(runtime, [requests[place] for place in places]), strict=True)
        return [done[place] for place in range(len(requests))]

    async def _batch(self, runtime: HfRuntime, requests: Sequence[Request]) -> list[Output]:
        async def answer(stop: threading.Event) -> list[Output]:
            prepared, failed = await self._beside_it(_prepare, runtime, requests)
            if prepared is None:
                return [failed[place] for place in range(len(requests))]
            seeds = [request.seed for place, request in enumerate(requests) if place not in failed]
            replies = iter(await self._on_device(runtime.reply, prepared, seeds, stop))
            return [failed.get(place) or self._output(next(replies)) for place in range(len(requests))]

        return await self._within_memory(requests, answer)

    def _output(self, reply: HfReply) -> Output:
        usage = Usage(reply.input_tokens, reply.output_tokens, cost=0.0)
        if not reply.text:
            # Not retryable: decoding is greedy or seeded, so another attempt would end the same way.
            return Output.failed(FailureKind.EMPTY, f"the answer is empty (finish reason {reply.finish})", usage=usage)
        return Output.answered(reply.text, usage=usage, finish=reply.finish, model=self._info.settings["weights"])


def _unfit(request: Request, runtime: HfRuntime) -> Output | None:
    why = runtime.why_not(len(request.images), len(request.turns))
    return Output.failed(FailureKind.CASE, why) if why else None


def _prepare(runtime: HfRuntime, requests: Sequence[Request]) -> tuple[Any, dict[int, Output]]:
    """The inputs for all requests whose images can be read (None if there are none), and failures for the others."""
    pictures, failed = [], {}
    for place, request in enumerate(requests):
        try:
            pictures.append([image.pil() for image in request.images])
        except DataError as error:
            failed[place] = Output.failed(FailureKind.CASE, str(error))
    readable = [request for place, request in enumerate(requests) if place not in failed]
    return (runtime.prepare(readable, pictures) if readable else None), failed


@facts(keys=("HF_TOKEN",))
def open_hf(rest: str, settings: Mapping[str, Any]) -> HfModel:
    """Entry point; ``rest`` is a hub id, optionally with ``@revision``, or a folder."""
    checked = hf_settings(rest, settings)
    return HfModel(f"hf/{rest}", open_checkpoint(rest, checked.revision), checked)
