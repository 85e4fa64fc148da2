"""From a case to a request, and from a model's pictures to stored ones."""

from __future__ import annotations

import asyncio
import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from mmdt.core.case import Case
from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output, RefusedBy
from mmdt.core.protocols import ModelInfo, Request
from mmdt.engine.store.artifacts import Artifacts
from mmdt.errors import DataError

BLACK = 4
"""A picture with no channel of any pixel above this (of 255) is black; JPEG can make zeros into ones or twos."""


def seed_for(seed: int, case_id: str, repeat: int) -> int:
    """A seed of 31 bits, the same for the same run seed, case and repeat on every machine."""
    digest = hashlib.sha256(f"{seed}\n{case_id}\n{repeat}".encode()).digest()
    return int.from_bytes(digest[:4], "big") >> 1


def request_for(case: Case, repeat: int, seed: int) -> Request:
    """The request; pictures of a t2i case are what its evaluators compare with, and stay here."""
    return Request(
        modality=case.cell.modality,
        prompt=case.prompt,
        images=_shown(case),
        system=case.system,
        seed=seed_for(seed, case.id, repeat),
    )


def unaskable(case: Case, info: ModelInfo) -> Output | None:
    """Why this case cannot be put to this model, as a failed output; None where it can."""
    modality = case.cell.modality
    if modality not in info.modalities:
        makes = " and ".join(sorted(info.modalities))
        return Output.failed(FailureKind.CASE, f"the case needs {modality}; {info.name} does {makes} only")
    if len(_shown(case)) > info.max_images:
        what = f"the case has {len(case.images)} images; {info.name} takes {info.max_images} in a request"
        return Output.failed(FailureKind.CASE, what)
    return None


def _shown(case: Case) -> tuple[Image, ...]:
    return case.images if case.cell.modality == "i2t" else ()


class Pictures:
    """Checks the pictures a model made and puts them into the artifacts, in threads: decoding takes milliseconds."""

    def __init__(self, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="mmdt-pictures")

    async def accept(self, output: Output) -> Output:
        """The output with its pictures stored. A damaged picture makes it a failure worth another attempt, an
        all-black one (what safety checkers put in a picture's place) a refusal. Raises StoreError."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._taken, output)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _taken(self, output: Output) -> Output:
        if not output.images:  # words instead are an answer: evaluators read whether they decline
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
