"""Encodes requests as chats, in the format the checkpoint was trained on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from mmdt.core.message import Text
from mmdt.core.protocols import Request
from mmdt.errors import UsageError
from mmdt.models.hf.processor import tokenizer_of
from mmdt.models.hf.template import ChatTemplate, Turn, default_template, probe_picture

if TYPE_CHECKING:
    from PIL import Image as Pil


class ChatEncoder:
    """Turns requests into model inputs, with the checkpoint's chat template if it has one.

    Without a template, the prompt follows the image tokens directly. ``sees``: whether the checkpoint reads images; if
    so, test images show how the processor handles them. ``reads_text``: whether it accepts a prompt without images.
    ``most_images``: the most images per prompt; None means no limit. Raises UsageError if images do not change the
    network's inputs.
    """

    def __init__(self, processor: Any, *, sees: bool) -> None:
        self._processor = processor
        self._tokenizer = tokenizer_of(processor)
        self._image_token = str(getattr(processor, "image_token", None) or "")
        template = default_template(getattr(processor, "chat_template", None) or self._tokenizer.chat_template)
        self._template = (
            ChatTemplate(processor, template, sees=sees, image_token=self._image_token) if template else None
        )
        self._control = _control_tokens(self._tokenizer, template or "", self._image_token)
        self._parts = sees and self._template is not None and self._template.takes_parts
        self._mark = ""
        self.reads_text, self.most_images = True, None if sees else 0
        if sees:
            self._probe_images()

    def inputs(self, requests: Sequence[Request], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        """Token ids, masks and pixels for a batch, padded to the longest."""
        if self._template is None:
            return self._process([self._plain_prompt(*pair) for pair in zip(requests, pictures, strict=True)], pictures)
        chats = [
            self._template.chat(self._escape(request.system), self._turns(request, shown))
            for request, shown in zip(requests, pictures, strict=True)
        ]
        return self._encode(self._template, chats, pictures)

    def _encode(self, template: ChatTemplate, chats: Sequence[Any], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        if any(pictures) and not self._parts:
            return self._process([template.render(chat) for chat in chats], pictures)
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
        """The turns of a request. ``shown``: its images, decoded, in the order of its messages."""
        left = iter(shown)
        return [
            (each.role, [self._escape(part.text) if isinstance(part, Text) else next(left) for part in each.parts])
            for each in request.turns
        ]

    def _escape(self, text: str) -> str:
        """Put a space into every control token: text from data must never open a turn or place an image.

        The library's own protection breaks processors that count image tokens in the text.
        """
        return self._control.sub(lambda found: f"{found[0][0]} {found[0][1:]}", text)

    def _plain_prompt(self, request: Request, shown: Sequence[Pil.Image]) -> str:
        return self._mark * len(shown) + "\n".join(filter(None, map(self._escape, (request.system, request.prompt))))

    def _process(self, texts: Sequence[str], pictures: Sequence[Sequence[Pil.Image]]) -> Any:
        options: dict[str, Any] = {"text": list(texts), "padding": True, "return_tensors": "pt"}
        begin = self._tokenizer.bos_token
        if begin and all(text.startswith(begin) for text in texts):
            options["add_special_tokens"] = False
        if any(pictures):
            options["images"] = [list(shown) for shown in pictures]
        return self._processor(**options)

    def _probe_images(self) -> None:
        """Find out how the processor handles no image, one image, a different image, and two images."""
        if self._template is None and not self._adds_image_tokens():
            self._mark = self._image_token
        ramp, turned = probe_picture(), probe_picture(turned=True)
        one, other = self._probe(ramp), self._probe(turned)
        if all(_same(one[name], other[name]) for name in one):
            hint = "check that the processor's files belong to this model"
            raise UsageError(
                "images do not reach this checkpoint: its processor returns the same inputs for different images",
                hint=hint,
            )
        self.reads_text = self._works()
        self.most_images = None if self._works(ramp, turned) and self._places_both(ramp, turned) else 1

    def _places_both(self, one: Pil.Image, other: Pil.Image) -> bool:
        """Whether the prompt has a place for a second image. If not, it is dropped or assigned to another prompt."""
        if self._template is not None:
            chats = (self._template.chat("", [("user", [*shown, "Hello"])]) for shown in ([one], [one, other]))
            return len({self._template.render(chat) for chat in chats}) == 2
        alone, both = (self._probe(*shown)["input_ids"].shape[1] for shown in ([one], [one, other]))
        return bool(self._mark or both > alone)

    def _probe(self, *shown: Pil.Image) -> Any:
        if self._template is None:
            return self._process([self._plain_prompt(Request.of("Hello"), shown)], [shown])
        return self._encode(self._template, [self._template.chat("", [("user", [*shown, "Hello"])])], [shown])

    def _works(self, *shown: Pil.Image) -> bool:
        try:
            self._probe(*shown)
        except Exception:  # processors raise their own errors
            return False
        return True

    def _adds_image_tokens(self) -> bool:
        """Whether the processor itself inserts the image tokens before a plain prompt."""
        token = self._tokenizer.convert_tokens_to_ids(self._image_token)
        try:
            return bool((self._probe(probe_picture())["input_ids"] == token).any())
        except Exception:  # some processors count the image tokens and raise if there are none
            return False


def _same(one: Any, other: Any) -> bool:
    """Whether two network inputs (tensors, lists of tensors, numbers) are equal."""
    if hasattr(one, "shape"):
        return bool(one.shape == other.shape and (one == other).all())
    if isinstance(one, (list, tuple)):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def _control_tokens(tokenizer: Any, template: str, image_token: str) -> re.Pattern[str]:
    """Matches the tokens that control a model: the special ones, and added ones that occur in its template."""
    added = tokenizer.added_tokens_decoder.values()
    tokens = {token.content for token in added if token.special or token.content in template} | {image_token}
    tokens_by_length = sorted((token for token in tokens if len(token.strip()) > 1), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, tokens_by_length)) or r"(?!)")
