"""A transformers model in memory: batches of chats and images in, replies out.

Not thread-safe, except that ``prepare`` may run while ``reply`` does.
"""

from __future__ import annotations

import inspect
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdt.core.protocols import Request
from mmdt.models.hf.chat import ChatEncoder
from mmdt.models.hf.processor import load_processor, tokenizer_of
from mmdt.models.hf.sampling import SeededSampling, StopOnEvent
from mmdt.models.hf.settings import HfSettings, device_of, dtype_of
from mmdt.models.local.checkpoint import Checkpoint, with_weights

if TYPE_CHECKING:
    from PIL import Image as Pil


@dataclass(frozen=True, slots=True)
class HfReply:
    """``finish``: ``stop`` if the model ended the answer, ``length`` if the token limit did."""

    text: str
    finish: str
    input_tokens: int
    output_tokens: int


class HfRuntime:
    """A loaded checkpoint. The constructor loads it and raises whatever transformers raises."""

    def __init__(self, checkpoint: Checkpoint, settings: HfSettings) -> None:
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText

        config = AutoConfig.from_pretrained(**checkpoint.where())
        self.sees = type(config) in AutoModelForImageTextToText._model_mapping
        self._settings = settings
        self._processor = load_processor(checkpoint, config, sees=self.sees)
        self._tokenizer = tokenizer_of(self._processor)
        self._chats = ChatEncoder(self._processor, sees=self.sees)
        kind = AutoModelForImageTextToText if self.sees else AutoModelForCausalLM
        self.model = _to_device(with_weights(kind, checkpoint, **_options(settings)), settings).eval()
        self._end_tokens = _end_tokens(self.model, self._tokenizer)
        self._reads_text = self._chats.reads_text and _generates_without_images(self.model)

    def why_not(self, images: int, turns: int = 1) -> str:
        """Why this checkpoint cannot answer a request with this number of images and turns; empty if it can."""
        if turns > 1 and not self._chats.takes_turns:
            return f"this checkpoint's chat template has no place for earlier replies, but the case has {turns} turns"
        most = self._chats.most_images
        if most == 0 and images:
            return "this checkpoint reads text only, but the case has images"
        if most is not None and images > most:
            return f"this checkpoint reads one image per prompt, but the case has {images}"
        if not images and not self._reads_text:
            return "this checkpoint needs an image, but the case has none"
        return ""

    def prepare(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        """The network's inputs, on the CPU. Either all requests have images or none has."""
        return self._chats.inputs(requests, pictures)

    def placed(self, inputs: Any) -> Any:
        """The inputs on the model's device, floating-point tensors in its precision."""
        precision = {"dtype": self.model.dtype} if self.sees else {}  # a tokenizer returns no floating-point tensors
        return inputs.to(self.model.device, **precision)

    def reply(self, inputs: Any, seeds: Sequence[int | None], stop: threading.Event) -> list[HfReply]:
        """One reply per row. Stops early once ``stop`` is set."""
        import torch

        stopping = StopOnEvent(stop)
        with torch.inference_mode():
            made = self.model.generate(
                **self.placed(inputs),
                generation_config=self._generation(),
                logits_processor=self._sampling(seeds),
                stopping_criteria=[stopping],
            )
        given = inputs["attention_mask"].sum(dim=1).tolist()
        replies = made[:, made.shape[1] - stopping.steps :].tolist()  # some models return the prompt too, some do not
        return [self._read(row, tokens) for row, tokens in zip(replies, given, strict=True)]

    def first_token_probabilities(self, inputs: Any) -> Any:
        """The probability of each token to begin the reply: rows x vocabulary, on the CPU."""
        import torch

        with torch.inference_mode():
            made = self.model.generate(
                **self.placed(inputs),
                generation_config=self._generation(),
                max_new_tokens=1,
                output_logits=True,
                return_dict_in_generate=True,
            )
        return made.logits[0].float().softmax(dim=-1).cpu()

    def first_tokens(self, words: Sequence[str]) -> frozenset[int]:
        """The first tokens of the given words, at the start of a reply or after a space."""
        forms = [form for word in words for form in (word, f" {word}")]
        return frozenset(self._tokenizer.encode(form, add_special_tokens=False)[0] for form in forms)

    def _read(self, tokens: list[int], given: int) -> HfReply:
        end = next((place for place, token in enumerate(tokens) if token in self._end_tokens), None)
        text = self._tokenizer.decode(tokens[:end], skip_special_tokens=True).strip()
        generated = len(tokens) if end is None else end + 1
        return HfReply(text, "length" if end is None else "stop", given, generated)

    def _generation(self) -> Any:
        """The checkpoint's generation settings, except that decoding is greedy or uses :class:`SeededSampling`."""
        import copy

        chosen = copy.deepcopy(self.model.generation_config)
        chosen.update(
            do_sample=False,
            num_beams=1,
            temperature=None,
            top_p=None,
            top_k=None,
            max_length=None,
            num_return_sequences=1,
            return_dict_in_generate=False,
            max_new_tokens=self._settings.max_tokens,
            pad_token_id=self._tokenizer.pad_token_id,
        )
        return chosen

    def _sampling(self, seeds: Sequence[int | None]) -> list[Any]:
        if self._settings.temperature == 0:
            return []
        from transformers import TemperatureLogitsWarper, TopKLogitsWarper, TopPLogitsWarper

        steps: list[Any] = [TemperatureLogitsWarper(self._settings.temperature)]
        if self._settings.top_k is not None:
            steps.append(TopKLogitsWarper(self._settings.top_k))
        if self._settings.top_p is not None:
            steps.append(TopPLogitsWarper(self._settings.top_p))
        known = [secrets.randbits(31) if seed is None else seed for seed in seeds]
        return [*steps, SeededSampling(known, self.model.device)]


def _options(settings: HfSettings) -> dict[str, Any]:
    options: dict[str, Any] = {"dtype": dtype_of(settings, device_of(settings))}
    if settings.device_map:
        options["device_map"] = settings.device_map
    if settings.attention is not None:
        options["attn_implementation"] = settings.attention
    if settings.quantization != "none":
        from transformers import BitsAndBytesConfig

        four = settings.quantization == "4bit"
        options["quantization_config"] = BitsAndBytesConfig(load_in_4bit=four, load_in_8bit=not four)
    return options


def _to_device(model: Any, settings: HfSettings) -> Any:
    """Move the model to its device, unless device_map or quantization already did."""
    return model if settings.device_map or settings.quantization != "none" else model.to(device_of(settings))


def _generates_without_images(model: Any) -> bool:
    """Whether the model's own ``generate`` can be called without pixels."""
    pixels = inspect.signature(model.generate).parameters.get("pixel_values")
    return pixels is None or pixels.default is not inspect.Parameter.empty


def _end_tokens(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, including padding."""
    ends = model.generation_config.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return frozenset({*listed, tokenizer.eos_token_id, tokenizer.pad_token_id} - {None})
