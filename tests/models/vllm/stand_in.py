"""The part of vLLM 0.33.0 that the offline runtime touches, with its signatures and its behaviour.

vLLM itself needs a GPU. What is written here was read from that release's ``LLM.__init__``, ``LLM.chat``,
``SamplingParams``, ``StructuredOutputsParams``, ``RequestOutput`` and exceptions; where vLLM is installed, a test
compares the signatures with the real ones.
"""

from __future__ import annotations

import base64
import hashlib
import sys
import types
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest


class VLLMError(Exception):
    pass


class VLLMClientError(VLLMError):
    pass


class VLLMServerError(VLLMError):
    pass


class VLLMValidationError(VLLMClientError):
    pass


class GenerationError(VLLMServerError):
    pass


class EngineDeadError(VLLMServerError):
    def __init__(self) -> None:
        super().__init__("EngineCore encountered an issue. See stack trace (above) for the root cause.")


@dataclass
class StructuredOutputsParams:
    json: str | dict[str, Any] | None = None
    regex: str | None = None
    choice: list[str] | None = None
    grammar: str | None = None
    json_object: bool | None = None


@dataclass
class SamplingParams:
    temperature: float = 1.0
    top_p: float = 1.0
    top_k: int = 0
    seed: int | None = None
    max_tokens: int | None = 16
    structured_outputs: StructuredOutputsParams | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= 2:
            raise VLLMValidationError(f"temperature must be in [0, 2], got {self.temperature}.")


@dataclass
class CompletionOutput:
    index: int
    text: str
    token_ids: Sequence[int]
    finish_reason: str | None = None


@dataclass
class RequestOutput:
    request_id: str
    prompt_token_ids: list[int] | None
    outputs: list[CompletionOutput] = field(default_factory=list)


class LLM:
    """Repeats its prompt. Words in a prompt make it fail as the real one would: ``long`` (the prompt does not fit, so
    the whole call is rejected), ``silence``, ``abort``, ``dead``, ``full``."""

    loaded: list[LLM]
    """Every engine that was made."""

    def __init__(
        self,
        model: str,
        *,
        tokenizer: str | None = None,
        trust_remote_code: bool = False,
        revision: str | None = None,
        seed: int = 0,
        gpu_memory_utilization: float = 0.92,
        **kwargs: Any,
    ) -> None:
        assert isinstance(kwargs.get("limit_mm_per_prompt", {"image": 0})["image"], int)
        if "no_such" in kwargs:
            raise TypeError("EngineArgs.__init__() got an unexpected keyword argument 'no_such'")
        if gpu_memory_utilization > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 80.00 GiB")
        self.arguments = {"model": model, "revision": revision, **kwargs}
        self.calls: list[int] = []
        self.sampled: list[SamplingParams] = []
        LLM.loaded.append(self)

    def chat(
        self,
        messages: Sequence[list[dict[str, Any]]],
        sampling_params: SamplingParams | Sequence[SamplingParams] | None = None,
        use_tqdm: bool | Callable[..., Any] = True,
        lora_request: Any = None,
        priority: int | Sequence[int] | None = None,
        chat_template: str | None = None,
    ) -> list[RequestOutput]:
        assert isinstance(sampling_params, Sequence)
        if len(sampling_params) != len(messages):
            raise VLLMValidationError("The lengths of prompts and params must be the same.")
        self.calls.append(len(messages))
        self.sampled += sampling_params
        said = [_said(conversation) for conversation in messages]
        if any("dead" in text for text in said):
            raise EngineDeadError
        if any("full" in text for text in said) and len(said) > 1:
            raise RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB")
        if any("long" in text for text in said):
            raise VLLMValidationError(
                "The decoder prompt (length 9000) is longer than the maximum model length of 4096."
            )
        return [_reply(number, text, sampling_params[number]) for number, text in enumerate(said)]


def _parts(message: dict[str, Any]) -> list[dict[str, Any]]:
    """The parts of a message; before a reply of the model, its role, so that a test sees who says what."""
    content = message["content"]
    role = [{"type": "text", "text": "(assistant)"}] if message["role"] == "assistant" else []
    return [*role, *([{"type": "text", "text": content}] if isinstance(content, str) else content)]


def _said(conversation: list[dict[str, Any]]) -> str:
    """The conversation as the model would see it."""
    words = []
    parts = [part for message in conversation for part in _parts(message)]
    for part in parts:
        if part["type"] == "text":
            words.append(part["text"])
        else:
            head, _, data = part["image_url"]["url"].partition(",")
            assert head == "data:image/png;base64"
            words.append(f"[image {hashlib.sha256(base64.b64decode(data)).hexdigest()[:8]}]")
    return " ".join(words)


def _reply(number: int, text: str, sampling: SamplingParams) -> RequestOutput:
    answer, finish = f"{text} (seed {sampling.seed})", "stop"
    if "silence" in text:
        answer = ""
    if "abort" in text:
        answer, finish = "", "abort"
    if sampling.max_tokens == 1:
        finish = "length"
    output = CompletionOutput(0, answer, list(range(len(answer.split()))), finish)
    return RequestOutput(str(number), list(range(len(text.split()))), [output])


def install(monkeypatch: pytest.MonkeyPatch) -> type[LLM]:
    """Put it where vLLM would be."""
    LLM.loaded = []
    package, params = types.ModuleType("vllm"), types.ModuleType("vllm.sampling_params")
    package.__dict__.update(LLM=LLM, SamplingParams=SamplingParams)
    params.__dict__.update(SamplingParams=SamplingParams, StructuredOutputsParams=StructuredOutputsParams)
    monkeypatch.setitem(sys.modules, "vllm", package)
    monkeypatch.setitem(sys.modules, "vllm.sampling_params", params)
    for place in ("mmdt.models.extras.find_spec", "mmdt.models.vllm.model.find_spec"):
        monkeypatch.setattr(place, lambda name: types.SimpleNamespace(name=name))
    return LLM
