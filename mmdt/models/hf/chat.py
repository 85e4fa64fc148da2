"""Requests as chats in the form that a checkpoint was trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.message import Text
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.hf.processor import tokenizer_of
from mmdt.models.hf.template import Template, Turn, chosen, probe_picture

if TYPE_CHECKING:
    from PIL import Image as Pil


class Chats:
    """Chat templates, where the checkpoint has one; else the pictures' tokens and the prompt, one after the other.

    ``sees``: whether it reads pictures; then some are shown to the processor, to find out what it does with them.
    ``reads_text``: whether it takes a prompt without any. ``most_images``: how many for one prompt, None without a
    limit. Raises UsageError where pictures do not change what the network is given.
    """

    def __init__(self, processor: Any, *, sees: bool) -> None:
        self._processor = processor
        self._tokenizer = tokenizer_of(processor)
        self._image_token = str(getattr(processor, "image_token", None) or "")
        template = chosen(getattr(processor, "chat_template", None) or self._tokenizer.chat_template)
        self._template = Template(processor, template, sees=sees, image_token=self._image_token) if template else None
        self._control = _control_tokens(self._tokenizer, template or "", self._image_token)
        self._parts = sees and self._template is not None and self._template.takes_parts
        self._mark = ""
        self.reads_text, self.most_images = True, None if sees else 0
        if sees:
            self._look()

    def inputs(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        """Token ids, masks and pixels for a batch, padded to the longest."""
        if self._template is None:
            return self._processed([self._bare(*pair) for pair in zip(requests, pictures, strict=True)], pictures)
        chats = [
            self._template.chat(self._defused(request.system), self._turns(request, shown))
            for request, shown in zip(requests, pictures, strict=True)
        ]
        return self._templated(self._template, chats, pictures)

    def _templated(self, template: Template, chats: Sequence[Any], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        if any(pictures) and not self._parts:
            return self._processed([template.render(chat) for chat in chats], pictures)
        options: dict[str, Any] = (
            {"padding": True} if self._tokenizer is self._processor else {"processor_kwargs": {"padding": True}}
        )
        return self._processor.apply_chat_template(
            chats,
            chat_template=template.text,
            add_generation_prompt=True,
            tokenize=True,
            return_dict=True,
            return_tensors="pt",
            **options,
        )

    @property
    def takes_turns(self) -> bool:
        """Whether it reads conversations of several turns."""
        return self._template is not None and self._template.assistant is not None

    def _turns(self, request: Request, shown: Sequence[Pil.Image]) -> list[Turn]:
        """The turns of a request with its pictures decoded: ``shown``, in the order of its messages."""
        left = iter(shown)
        return [
            (each.role, [self._defused(part.text) if isinstance(part, Text) else next(left) for part in each.parts])
            for each in request.turns
        ]

    def _defused(self, text: str) -> str:
        """With a space in every control token: what data wrote is text, never a turn of the chat nor a picture's
        place. (The library's own protection breaks processors that count pictures' tokens in the text.)"""
        return self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _bare(self, request: Request, shown: Sequence[Pil.Image]) -> str:
        return self._mark * len(shown) + "\n".join(filter(None, map(self._defused, (request.system, request.prompt))))

    def _processed(self, texts: Sequence[str], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        options: dict[str, Any] = {"text": list(texts), "padding": True, "return_tensors": "pt"}
        begin = self._tokenizer.bos_token
        if begin and all(text.startswith(begin) for text in texts):
            options["add_special_tokens"] = False
        if any(pictures):
            options["images"] = [list(shown) for shown in pictures]
        return self._processor(**options)

    def _look(self) -> None:
        """What the processor does with no picture, with one, with another and with two."""
        if self._template is None and not self._places_pictures():
            self._mark = self._image_token
        ramp, turned = probe_picture(), probe_picture(turned=True)
        one, other = self._probe(ramp), self._probe(turned)
        if all(_same(one[name], other[name]) for name in one):
            hint = "check that its processor's files belong to this model"
            raise UsageError("pictures do not reach this checkpoint: all are the same to its processor", hint=hint)
        self.reads_text = self._works()
        self.most_images = None if self._works(ramp, turned) and self._places(ramp, turned) else 1

    def _places(self, one: Pil.Image, other: Pil.Image) -> bool:
        """Whether a second picture has a place in the prompt: else it is left out, or taken for another prompt's."""
        if self._template is not None:
            chats = (self._template.chat("", [("user", [*shown, "Hello"])]) for shown in ([one], [one, other]))
            return len({self._template.render(chat) for chat in chats}) == 2
        alone, both = (self._probe(*shown)["input_ids"].shape[1] for shown in ([one], [one, other]))
        return bool(self._mark or both > alone)

    def _probe(self, *shown: Pil.Image) -> Any:
        if self._template is None:
            return self._processed([self._bare(Request.of("Hello"), shown)], [shown])
        return self._templated(self._template, [self._template.chat("", [("user", [*shown, "Hello"])])], [shown])

    def _works(self, *shown: Pil.Image) -> bool:
        try:
            self._probe(*shown)
        except Exception:  # the processor's own error
            return False
        return True

    def _places_pictures(self) -> bool:
        """Whether the processor itself puts the tokens of a picture before a bare prompt."""
        token = self._tokenizer.convert_tokens_to_ids(self._image_token)
        try:
            return bool((self._probe(probe_picture())["input_ids"] == token).any())
        except Exception:  # it counts the tokens and finds none
            return False


def _same(one: Any, other: Any) -> bool:
    """Whether two inputs of a network (tensors, lists of them, numbers) are equal."""
    if hasattr(one, "shape"):
        return bool(one.shape == other.shape and (one == other).all())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _control_tokens(tokenizer: Any, template: str, image_token: str) -> re.Pattern[str]:
    """The tokens that steer a model: the special ones, and added ones that its template is made of."""
    added = tokenizer.added_tokens_decoder.values()
    tokens = {token.content for token in added if token.special or token.content in template} | {image_token}
    steering = sorted((token for token in tokens if len(token.strip()) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, steering)) or r"(?!)")
