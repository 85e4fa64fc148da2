"""Open text-to-image pipelines run locally with diffusers: ``diffusers/<id or folder>``."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy, Usage
from mmdt.core.protocols import Request
from mmdt.errors import DataError
from mmdt.models.check import Finding
from mmdt.models.diffusers.pipeline import prior_of
from mmdt.models.diffusers.settings import (
    DiffusersSettings,
    device_of,
    diffusers_info,
    diffusers_settings,
    open_pipeline_checkpoint,
)
from mmdt.models.local.checkpoint import Checkpoint, checkpoint_finding
from mmdt.models.local.model import LocalModel
from mmdt.models.requests import description
from mmdt.plugins.facts import facts

if TYPE_CHECKING:
    from mmdt.models.diffusers.runtime import DiffusersRuntime, DrawnPicture


class DiffusersModel(LocalModel["DiffusersRuntime"]):
    """A local image model. While one thread draws, another encodes the images of the previous batch."""

    hint = "lower width and height, or use a smaller dtype or offload=model"

    def __init__(self, name: str, checkpoint: Checkpoint, settings: DiffusersSettings) -> None:
        self._prior = prior_of(checkpoint)
        super().__init__(diffusers_info(name, checkpoint, self._prior, settings), checkpoint, device_of(settings))
        self._settings = settings

    async def check(self) -> list[Finding]:
        findings = await super().check()
        return [*findings, checkpoint_finding(self._prior)] if self._prior else findings

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Draw the images. Raises UsageError if the pipeline cannot be loaded or does not support the settings."""
        runtime = await self._loaded()
        return await self._each(requests, _conversation, lambda those: self._drawn(runtime, those))

    def _open(self) -> DiffusersRuntime:
        from mmdt.models.diffusers.runtime import DiffusersRuntime

        return DiffusersRuntime(self._checkpoint, self._prior, self._settings)

    async def _drawn(self, runtime: DiffusersRuntime, requests: Sequence[Request]) -> list[Output]:
        prompts, seeds = [*map(description, requests)], [request.seed for request in requests]

        async def draw(stop: threading.Event) -> list[Output]:
            drawn = await self._on_device(runtime.draw, prompts, seeds, stop)
            return await self._beside_it(self._outputs, drawn)

        return await self._within_memory(requests, draw)

    def _outputs(self, drawn: Sequence[DrawnPicture]) -> list[Output]:
        return [self._output(one) for one in drawn]

    def _output(self, drawn: DrawnPicture) -> Output:
        usage = Usage(images=1, cost=0.0)
        if drawn.flagged:
            return Output.refused(RefusedBy.FILTER, "the pipeline's safety checker flagged the image", usage)
        picture = Image.from_pil(drawn.picture.convert("RGB"))
        return Output.answered(images=(picture,), usage=usage, model=self._info.settings["weights"])


def _conversation(request: Request) -> Output | None:
    """A failed output where the request is a conversation, which no pipeline takes."""
    try:
        description(request)
    except DataError as error:
        return Output.failed(FailureKind.CASE, str(error))
    return None


@facts(keys=("HF_TOKEN",))
def open_diffusers(rest: str, settings: Mapping[str, Any]) -> DiffusersModel:
    """Entry point; ``rest`` is a hub id, optionally with ``@revision``, or a folder."""
    checked = diffusers_settings(rest, settings)
    return DiffusersModel(f"diffusers/{rest}", open_pipeline_checkpoint(rest, checked.revision), checked)
