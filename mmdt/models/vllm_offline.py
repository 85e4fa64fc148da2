"""vLLM's offline engine: whole batches go in, and its scheduler keeps the device busy."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.models.failures import empty
from mmdt.models.pictures import data_url
from mmdt.models.requests import unfit
from mmdt.models.settings import stated

if TYPE_CHECKING:
    from mmdt.models.vllm import VllmSettings

_SILENT = frozenset({"api_key_env", "timeout", "prices", "engine", "batch_size", "temperature", "base_url", "modality"})
MAX_TOKENS = 1024
"""Of a reply, unless the setting says otherwise: vLLM's own default is 16."""


class OfflineModel:
    """One engine, loaded at the first request and used from a thread of its own."""

    def __init__(self, name: str, model: str, settings: VllmSettings) -> None:
        self._model = model
        self._settings = settings
        self._temperature = 0.0 if settings.temperature is None else settings.temperature
        self._engine: Any = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mmdt-vllm")
        described = {**stated(settings, _SILENT), "engine": "offline", "temperature": self._temperature}
        self._info = ModelInfo(
            name,
            frozenset({"i2t"}),
            settings={**described, "max_tokens": settings.max_tokens or MAX_TOKENS},
            max_images=settings.max_images,
            batch_size=settings.batch_size,
            seeds=True,
        )

    @property
    def info(self) -> ModelInfo:
        return self._info

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Raises UsageError where the engine cannot be loaded: then no request can be answered."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._answers, requests)

    async def close(self) -> None:
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._engine = None

    def _answers(self, requests: Sequence[Request]) -> list[Output]:
        done: dict[int, Output] = {}
        asked: dict[int, list[dict[str, Any]]] = {}
        for place, request in enumerate(requests):
            why_not = unfit(request, self._info)
            try:
                asked |= {} if why_not else {place: _messages(request)}
            except DataError as error:
                why_not = Output.failed(FailureKind.CASE, str(error))
            if why_not:
                done[place] = why_not
        if asked:
            done |= zip(asked, self._chat(list(asked.values()), [requests[place] for place in asked]), strict=True)
        return [done[place] for place in range(len(requests))]

    def _chat(self, conversations: list[list[dict[str, Any]]], requests: Sequence[Request]) -> list[Output]:
        from vllm import SamplingParams

        if self._engine is None:
            self._engine = self._load()
        chosen = {"temperature": self._temperature, "max_tokens": self._settings.max_tokens or MAX_TOKENS}
        if self._settings.top_p is not None:
            chosen["top_p"] = self._settings.top_p
        sampling = [SamplingParams(seed=request.seed, **chosen) for request in requests]
        return list(map(_output, self._engine.chat(conversations, sampling, use_tqdm=False)))

    def _load(self) -> Any:
        from vllm import LLM

        arguments = {"limit_mm_per_prompt": {"image": self._settings.max_images}, **(self._settings.engine_args or {})}
        try:
            return LLM(model=self._model, **arguments)
        except Exception as error:  # whatever a checkpoint, a driver or a device can raise
            cure = "check the name, the memory of the device and engine_args"
            raise UsageError(f"vLLM cannot load it: {error}", where=self._info.name, cure=cure) from error


def _messages(request: Request) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": data_url(image).decode().strip('"')}} for image in request.images
    ]
    asked = {"role": "user", "content": [*parts, {"type": "text", "text": request.prompt}]}
    return [{"role": "system", "content": request.system}, asked] if request.system else [asked]


def _output(reply: Any) -> Output:
    choice = reply.outputs[0]
    usage = Usage(len(reply.prompt_token_ids or ()), len(choice.token_ids), cost=0.0)
    finish = choice.finish_reason or "stop"
    if not choice.text.strip():
        return empty(finish, usage)
    return Output.answered(choice.text, usage=usage, finish=finish)
