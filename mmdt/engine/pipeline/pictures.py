"""Checks and stores the pictures that a model made."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.engine.store.artifacts import Artifacts
from mmdt.errors import DataError

BLACK = 4
"""A picture is black if no channel of any pixel is above this (of 255): JPEG can turn zeros into ones or twos."""


class OutputPictures:
    """Checks the pictures in outputs and stores them as artifacts, in threads, since decoding takes milliseconds."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mmdt-pictures")

    async def accept(self, output: Output) -> Output:
        """The output with its pictures stored. With a damaged picture it becomes a retryable failure, with only black
        ones (which safety checkers put in place of a picture) a refusal. Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._accept, output)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _accept(self, output: Output) -> Output:
        if not output.images:  # text instead of a picture is an answer: evaluators decide whether it declines
            return output if output.text.strip() else _failure(output, "the reply has no picture")
        try:
            black = [_is_black(image) for image in output.images]
        except DataError as error:
            return _failure(output, f"a picture of the reply is damaged: {error}")
        images = tuple(map(self._artifacts.put, output.images))
        if all(black):
            refused = Output.refused(RefusedBy.BLANK, "the picture is all black", output.usage)
            return replace(refused, images=images, latency=output.latency, finish=output.finish, model=output.model)
        return replace(output, images=images)


def _is_black(image: Image) -> bool:
    extrema = image.pil().getextrema()  # decodes every pixel, which finds any damage
    return all(high <= BLACK for _, high in extrema)  # type: ignore[misc]  # RGB: a pair for each channel


def _failure(output: Output, what: str) -> Output:
    failed = Output.failed(FailureKind.BAD_REPLY, what, retryable=True, usage=output.usage)
    return replace(failed, latency=output.latency, model=output.model)
