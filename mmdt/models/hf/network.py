"""A transformers model in memory: chats and pictures in, replies out, in batches. Not for use by two threads at once,
except that ``prepare`` may run beside ``reply``."""

from __future__ import annotations

import inspect
import secrets
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mmdt.core.protocols import Request
from mmdt.models.hf.chat import Chats
from mmdt.models.hf.processor import load_processor, tokenizer_of
from mmdt.models.hf.sampling import SeededSampling, Stop
from mmdt.models.hf.settings import HfSettings, device_of, dtype_of
from mmdt.models.local.checkpoint import Checkpoint, with_weights

if TYPE_CHECKING:
    from PIL import Image as Pil


@dataclass(frozen=True, slots=True)
class Reply:
    """``finish`` is ``stop`` where the model ended its answer, ``length`` where the token limit did."""

    text: str
    finish: str
    input_tokens: int
    output_tokens: int


class HfRuntime:
    """Loads at once; raises whatever transformers raises."""

    def __init__(self, checkpoint: Checkpoint, settings: HfSettings) -> None:
        from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForImageTextToText

        config = AutoConfig.from_pretrained(**checkpoint.where())
        self.sees = type(config) in AutoModelForImageTextToText._model_mapping
        self._settings = settings
        self._processor = load_processor(checkpoint, config, sees=self.sees)
        self._tokenizer = tokenizer_of(self._processor)
        self._chats = Chats(self._processor, sees=self.sees)
        kind = AutoModelForImageTextToText if self.sees else AutoModelForCausalLM
        self.model = _placed(with_weights(kind, checkpoint, **_options(settings)), settings).eval()
        self._ends = _ends(self.model, self._tokenizer)
        self._reads_text = self._chats.reads_text and _writes_without_pictures(self.model)

    def why_not(self, images: int, turns: int = 1) -> str:
        """Why this checkpoint cannot be asked about so many pictures in so many turns; empty where it can."""
        if turns > 1 and not self._chats.takes_turns:
            return f"this checkpoint's chat template has no place for earlier replies, and the case has {turns} turns"
        most = self._chats.most_images
        if most == 0 and images:
            return "this checkpoint reads text alone, the case has pictures"
        if most is not None and images > most:
            return f"this checkpoint reads one picture a prompt, the case has {images}"
        if not images and not self._reads_text:
            return "this checkpoint answers only about pictures, the case has none"
        return ""

    def prepare(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        """The network's inputs, still in the machine's own memory. All requests have pictures, or none has."""
        return self._chats.inputs(requests, pictures)

    def placed(self, inputs: Any) -> Any:
        """The inputs on the model's device, fractions in its precision."""
        precision = {"dtype": self.model.dtype} if self.sees else {}  # a tokenizer's output has no fractions
        return inputs.to(self.model.device, **precision)

    def reply(self, inputs: Any, seeds: Sequence[int | None], stop: threading.Event) -> list[Reply]:
        """One reply a row. Cut short as soon as ``stop`` is set."""
        import torch

        steps = Stop(stop)
        with torch.inference_mode():
            made = self.model.generate(
                **self.placed(inputs),
                generation_config=self._generation(),
                logits_processor=self._sampling(seeds),
                stopping_criteria=[steps],
            )
        given = inputs["attention_mask"].sum(dim=1).tolist()
        replies = made[:, made.shape[1] - steps.made :].tolist()  # some models repeat the prompt before it, some do not
        return [self._read(row, tokens) for row, tokens in zip(replies, given, strict=True)]

    def first_chances(self, inputs: Any) -> Any:
        """How likely each token is to begin the reply: rows x vocabulary, on the CPU."""
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

    def begins(self, words: Sequence[str]) -> frozenset[int]:
        """The tokens that each of the words begins with, at the start of a reply or after a space."""
        forms = [form for word in words for form in (word, f" {word}")]
        return frozenset(self._tokenizer.encode(form, add_special_tokens=False)[0] for form in forms)

    def _read(self, tokens: list[int], given: int) -> Reply:
        end = next((place for place, token in enumerate(tokens) if token in self._ends), None)
        text = self._tokenizer.decode(tokens[:end], skip_special_tokens=True).strip()
        made = len(tokens) if end is None else end + 1
        return Reply(text, "length" if end is None else "stop", given, made)

    def _generation(self) -> Any:
        """The checkpoint's own settings but for how tokens are chosen: greedily, or by :class:`SeededSampling`."""
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


def _placed(model: Any, settings: HfSettings) -> Any:
    """On its device, unless device_map or quantization has put it there."""
    return model if settings.device_map or settings.quantization != "none" else model.to(device_of(settings))


def _writes_without_pictures(model: Any) -> bool:
    """Whether its own way to generate can be called without pixels."""
    pixels = inspect.signature(model.generate).parameters.get("pixel_values")
    return pixels is None or pixels.default is not inspect.Parameter.empty


def _ends(model: Any, tokenizer: Any) -> frozenset[int]:
    """The tokens that end an answer, and the padding that follows."""
    ends = model.generation_config.eos_token_id
    listed = ends if isinstance(ends, list) else [ends]
    return frozenset({*listed, tokenizer.eos_token_id, tokenizer.pad_token_id} - {None})
