"""Requests as chats in the form that a checkpoint was trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.protocols import Request
from mmdt.models.hf_processor import tokenizer_of

if TYPE_CHECKING:
    from PIL import Image as Pil

_PROBE = "Does this reach the model?"


class Chats:
    """Chat templates, where the checkpoint has one; else the pictures' tokens and the prompt, one after the other.

    ``nested``: messages are lists of parts, as templates of models that see expect them; else plain text.
    """

    def __init__(self, processor: Any, *, nested: bool) -> None:
        self._processor = processor
        self._nested = nested
        tokenizer = tokenizer_of(processor)
        self._template = getattr(processor, "chat_template", None) or tokenizer.chat_template
        self._image_token = getattr(processor, "image_token", None)
        self._control = _control_tokens(tokenizer, self._template or "", self._image_token)
        self._takes_system = self._template is not None and self._system_arrives()

    def inputs(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        """Token ids, masks and pixels for a batch, padded to the longest."""
        if self._template is None:
            return self._plain(requests, pictures)
        options: dict[str, Any] = {"processor_kwargs": {"padding": True}} if self._nested else {"padding": True}
        return self._processor.apply_chat_template(
            [self._chat(request, shown) for request, shown in zip(requests, pictures, strict=True)],
            chat_template=self._template,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **options,
        )

    def _chat(self, request: Request, shown: Sequence[Pil.Image]) -> list[dict[str, Any]]:
        system, prompt = self._defused(request.system), self._defused(request.prompt)
        if system and not self._takes_system:
            system, prompt = "", f"{system}\n\n{prompt}"
        turns = [("system", system, ()), ("user", prompt, tuple(shown))]
        return [{"role": role, "content": self._content(text, images)} for role, text, images in turns if text]

    def _content(self, text: str, images: Sequence[Pil.Image]) -> Any:
        if not self._nested:
            return text
        return [*({"type": "image", "image": image} for image in images), {"type": "text", "text": text}]

    def _defused(self, text: str) -> str:
        """With a space in every control token: what data wrote is text, never a turn of the chat nor a picture's
        place. (The library's own protection breaks processors that count pictures' tokens in the text.)"""
        return self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _system_arrives(self) -> bool:
        """Whether the template knows a system turn: some raise an error, some leave it out."""
        chat = [
            {"role": role, "content": self._content(text, ())} for role, text in (("system", _PROBE), ("user", "Hello"))
        ]
        try:
            text = self._processor.apply_chat_template(chat, chat_template=self._template, tokenize=False)
        except Exception:  # the template's own error
            return False
        return _PROBE in text

    def _plain(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        mark = self._image_token or ""
        texts = [
            mark * len(shown) + "\n".join(filter(None, map(self._defused, (request.system, request.prompt))))
            for request, shown in zip(requests, pictures, strict=True)
        ]
        options: dict[str, Any] = {"text": texts, "padding": True, "return_tensors": "pt"}
        if any(pictures):
            options["images"] = [list(shown) for shown in pictures]
        return self._processor(**options)


def _control_tokens(tokenizer: Any, template: str, image_token: str | None) -> re.Pattern[str]:
    """The tokens that steer a model: the special ones, and added ones that its template is made of."""
    added = tokenizer.added_tokens_decoder.values()
    tokens = {token.content for token in added if token.special or token.content in template} | {image_token or ""}
    steering = sorted((token for token in tokens if len(token.strip()) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, steering)) or r"(?!)")
