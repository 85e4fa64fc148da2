"""vLLM's offline engine: whole batches go in, and its scheduler keeps the device busy."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

from mmdt.core.message import Part, Text
from mmdt.core.modality import takes_images
from mmdt.core.output import FailureKind, Output, Usage
from mmdt.core.protocols import ModelInfo, Request
from mmdt.errors import DataError, UsageError
from mmdt.models.http.failures import bad_reply, empty, redact
from mmdt.models.http.images import accepted, data_url
from mmdt.models.http.picture_formats import SAFE
from mmdt.models.local.checkpoint import Checkpoint
from mmdt.models.local.device import out_of_memory
from mmdt.models.local.model import LocalModel
from mmdt.models.settings import modalities, stated
from mmdt.models.vllm.settings import VllmSettings, check_offline

_OMITTED = frozenset({"engine", "batch_size", "temperature", "modality", "max_image_bytes", "max_tokens"})
_MEMORY_HINT = (
    "lower gpu_memory_utilization, max_model_len or max_num_seqs in engine_args, or take a smaller checkpoint"
)
_ABORTED = frozenset({"abort", "error"})
MAX_TOKENS = 1024
"""Default token limit of a reply; vLLM's own default is 16."""

Conversation = list[dict[str, Any]]


class OfflineModel(LocalModel[Any]):
    """One engine. While it answers a batch, the images of the next one are encoded.

    A running batch always finishes, even if nobody waits for it: the engine cannot be stopped from another thread.
    """

    hint = _MEMORY_HINT

    def __init__(self, name: str, checkpoint: Checkpoint, settings: VllmSettings) -> None:
        super().__init__(offline_info(name, checkpoint, settings), checkpoint, "the device that vLLM chooses")
        self._settings = settings

    async def generate(self, requests: Sequence[Request]) -> Sequence[Output]:
        """Answer the requests. Raises UsageError if the engine cannot be loaded, because no request could succeed."""
        engine = await self._loaded()
        return await self._each(requests, lambda _: None, lambda those: self._answers(engine, those))

    def _open(self) -> Any:
        from vllm import LLM

        pinned = self._checkpoint.pinned()
        arguments: dict[str, Any] = {}
        if takes_images(self._info.modalities):  # vLLM refuses the limit for a model that reads text only
            arguments["limit_mm_per_prompt"] = {"image": self._settings.max_images}
        arguments |= {"revision": pinned} if pinned else {}
        try:
            return LLM(
                model=self._checkpoint.name,
                **{**arguments, **(self._settings.engine_args or {}), "trust_remote_code": False},
            )
        except Exception as error:  # checkpoints, drivers and devices raise all kinds of errors
            hint = _MEMORY_HINT if out_of_memory(error) else "check the name and engine_args; vLLM's log says more"
            raise UsageError(
                f"vLLM cannot load the model: {redact(str(error))}", where=self._info.name, hint=hint
            ) from error

    async def _answers(self, engine: Any, requests: Sequence[Request]) -> list[Output]:
        async def answer(_stop: threading.Event) -> list[Output]:
            prepared = await self._beside_it(self._conversations, requests)
            pending = [(one, request) for one, request in zip(prepared, requests, strict=True) if isinstance(one, list)]
            replies = iter(await self._on_device(self._chat, engine, pending) if pending else ())
            return [one if isinstance(one, Output) else next(replies) for one in prepared]

        return await self._within_memory(requests, answer)

    def _conversations(self, requests: Sequence[Request]) -> list[Conversation | Output]:
        """Each request as a conversation, or an Output with the failure if its images cannot be sent."""
        found: list[Conversation | Output] = []
        for request in requests:
            try:
                found.append(_conversation(request, self._settings.max_image_bytes))
            except DataError as error:
                found.append(Output.failed(FailureKind.CASE, str(error)))
        return found

    def _chat(self, engine: Any, pending: Sequence[tuple[Conversation, Request]]) -> list[Output]:
        """One output per conversation. vLLM rejects a whole batch for one bad request, so bisect a rejected batch."""
        sampling = [self._sampling(request) for _, request in pending]
        try:
            replies = engine.chat([conversation for conversation, _ in pending], sampling, use_tqdm=False)
        except Exception as error:
            failed = _failure_output(error)
            if failed is None:
                raise
            if len(pending) == 1 or (failed.failure and failed.failure.fatal):
                return [failed] * len(pending)
            half = len(pending) // 2
            return self._chat(engine, pending[:half]) + self._chat(engine, pending[half:])
        return [self._output(reply) for _, reply in zip(pending, replies, strict=True)]

    def _sampling(self, request: Request) -> Any:
        from vllm import SamplingParams
        from vllm.sampling_params import StructuredOutputsParams

        settings = self._settings
        chosen: dict[str, Any] = {"temperature": settings.temperature or 0.0}
        chosen["max_tokens"] = MAX_TOKENS if settings.max_tokens is None else settings.max_tokens
        if settings.top_p is not None:
            chosen["top_p"] = settings.top_p
        if request.schema is not None:
            chosen["structured_outputs"] = StructuredOutputsParams(json=dict(request.schema))
        return SamplingParams(seed=request.seed, **chosen)

    def _output(self, reply: Any) -> Output:
        choice = reply.outputs[0]
        usage = Usage(len(reply.prompt_token_ids or ()), len(choice.token_ids), cost=0.0)
        finish = choice.finish_reason or "stop"
        if finish in _ABORTED:
            return bad_reply(f"vLLM did not finish the answer ({finish})")
        if not choice.text.strip():
            return empty(finish, usage)
        return Output.answered(choice.text, usage=usage, finish=finish, model=self._info.settings["weights"])


def _conversation(request: Request, most: int | None) -> Conversation:
    """The request in OpenAI's format, which vLLM accepts. Raises DataError if an image is unreadable or too large."""
    system: Conversation = [{"role": "system", "content": request.system}] if request.system else []
    turns = [{"role": each.role, "content": [_part(part, most) for part in each.parts]} for each in request.turns]
    return [*system, *turns]


def _part(part: Part, most: int | None) -> dict[str, Any]:
    if isinstance(part, Text):
        return {"type": "text", "text": part.text}
    url = data_url(accepted(part.image, SAFE, most)).decode().strip('"')
    return {"type": "image_url", "image_url": {"url": url}}


def _failure_output(error: Exception) -> Output | None:
    """Convert a vLLM exception to an output; None if it is not vLLM's, or if a smaller batch may fit.

    Classes are compared by name because releases have moved them, and earlier ones raised plain ValueErrors.
    """
    kinds = {kind.__name__ for kind in type(error).__mro__}
    message = redact(str(error))
    if "EngineDeadError" in kinds:
        text = f"vLLM's engine has stopped ({message}): see its log for the reason, {_MEMORY_HINT}, then resume the run"
        return Output.failed(FailureKind.SERVER, text, fatal=True)
    if out_of_memory(error):
        return None  # a smaller batch may fit
    if "VLLMClientError" in kinds or isinstance(error, ValueError | TypeError):
        return Output.failed(FailureKind.BAD_REQUEST, f"vLLM rejected the request: {message}")
    if "VLLMError" in kinds:
        return Output.failed(FailureKind.SERVER, message, retryable=True)
    return None


def offline_info(name: str, checkpoint: Checkpoint, settings: VllmSettings) -> ModelInfo:
    """The model description: everything that changes its answers, with the weights by commit or content."""
    made = modalities(settings.modality, draws=False)
    described = {
        "engine": "offline",
        "weights": checkpoint.mark(),
        "temperature": settings.temperature or 0.0,
        "max_tokens": MAX_TOKENS if settings.max_tokens is None else settings.max_tokens,
        **stated(settings, _OMITTED),
    }
    return ModelInfo(
        name,
        made,
        settings=described,
        max_images=settings.max_images if takes_images(made) else 0,
        batch_size=settings.batch_size,
        concurrency=2,  # the images of one batch are encoded while the other is answered
        start_concurrency=2,
        seeds=True,
    )


def open_offline(rest: str, settings: VllmSettings) -> OfflineModel:
    """The engine for a hub checkpoint (``id@revision``) or a folder, loaded at the first request.

    Raises UsageError for an impossible checkpoint name, or for a setting that only a server supports.
    """
    name = f"vllm/{rest}"
    check_offline(settings, name)
    revision = str((settings.engine_args or {}).get("revision", ""))
    return OfflineModel(name, Checkpoint.named(rest, revision, where=name), settings)
