"""Open text-to-image pipelines on this machine, through diffusers: ``diffusers/<id or folder>``."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.image import Image
from mmdt.core.output import Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.models.checkpoint import Checkpoint
from mmdt.models.device import out_of_memory
from mmdt.models.diffusers_settings import (
    DiffusersSettings,
    device_of,
    diffusers_info,
    diffusers_settings,
    open_pipeline_checkpoint,
)
from mmdt.models.local_model import LocalModel, no_room
from mmdt.models.requests import unfit

if TYPE_CHECKING:
    from mmdt.models.diffusers_runtime import DiffusersRuntime, Drawn

_CURE = "lower width and height, take a smaller dtype or offload=model"


class DiffusersModel(LocalModel["DiffusersRuntime"]):
    """While one thread draws, another encodes the pictures of the batch before."""

    def __init__(self, name: str, checkpoint: Checkpoint, settings: DiffusersSettings) -> None:
        super().__init__(diffusers_info(name, checkpoint, settings), checkpoint, device_of(settings))
        self._settings = settings

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Raises UsageError where the pipeline cannot be loaded or lacks what the settings ask for."""
        runtime = await self._loaded()
        done = {place: why_not for place, request in enumerate(requests) if (why_not := unfit(request, self._info))}
        places = [place for place in range(len(requests)) if place not in done]
        if places:
            drawn = await self._drawn(runtime, [requests[place] for place in places])
            done |= zip(places, drawn, strict=True)
        return [done[place] for place in range(len(requests))]

    def _open(self) -> DiffusersRuntime:
        from mmdt.models.diffusers_runtime import DiffusersRuntime

        return DiffusersRuntime(self._checkpoint, self._settings)

    async def _drawn(self, runtime: DiffusersRuntime, requests: Sequence[Request]) -> list[Output]:
        loop = asyncio.get_running_loop()
        stop = threading.Event()
        prompts, seeds = [request.prompt for request in requests], [request.seed for request in requests]
        try:
            drawn = await loop.run_in_executor(self._device, runtime.draw, prompts, seeds, stop)
        except asyncio.CancelledError:
            stop.set()
            raise
        except Exception as error:
            if not out_of_memory(error):
                raise
            full = no_room(error, _CURE, alone=len(requests) == 1)
            return [full for _ in requests]
        return await loop.run_in_executor(self._beside, self._outputs, drawn)

    def _outputs(self, drawn: Sequence[Drawn]) -> list[Output]:
        return [self._output(one) for one in drawn]

    def _output(self, drawn: Drawn) -> Output:
        usage = Usage(images=1, cost=0.0)
        if drawn.flagged:
            return Output.refused(RefusedBy.FILTER, "the pipeline's safety checker flagged the picture", usage)
        picture = Image.from_pil(drawn.picture.convert("RGB"))
        return Output.answered(images=(picture,), usage=usage, model=self._info.settings["weights"])


def open_diffusers(rest: str, settings: Mapping[str, Any]) -> DiffusersModel:
    """The factory behind the entry point: ``rest`` is an id on the hub, with ``@revision`` if need be, or a folder."""
    checked = diffusers_settings(rest, settings)
    return DiffusersModel(f"diffusers/{rest}", open_pipeline_checkpoint(rest, checked.revision), checked)
