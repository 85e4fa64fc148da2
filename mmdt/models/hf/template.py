"""Chat templates: finds the message format that a template accepts by trying it, because no template declares it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from mmdt.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image as Pil

PROBE = "Does this\nreach the model?"
"""Contains a line break, which becomes ``\\n`` if a template that expects a string prints a list of parts instead."""

Item = Union[str, "Pil.Image"]
"""A piece of a message: text or an image."""
Content = Callable[[Sequence[Item]], Any]
Turn = tuple[str, Sequence[Item]]
"""Role (``user`` or ``assistant``) and content."""


class ChatTemplate:
    """Renders a conversation, after a system turn if the template supports one.

    ``sees``: whether the template must have a place for images. ``image_token``: represents an image in templates that
    accept strings only. Raises UsageError if the template loses the question or the images.
    """

    def __init__(self, processor: Any, text: str, *, sees: bool, image_token: str) -> None:
        self.text = text
        self._processor = processor
        self._image_token = image_token
        self._user = self._user_format(sees)
        self._system = {seeing: self._system_format(seeing) for seeing in ({False, True} if sees else {False})}

    @property
    def takes_parts(self) -> bool:
        """Whether images are passed as parts of the messages."""
        return self._user == self._parts

    @cached_property
    def assistant(self) -> Content | None:
        """The content format for an earlier reply of the model, or None: some templates reject or drop it."""
        user = {"role": "user", "content": self._user(["Hello"])}
        for form in (self._user, self._string, self._parts):
            if PROBE in self._try_render(user, {"role": "assistant", "content": form([PROBE])}, user):
                return form
        return None

    def chat(self, system: str, turns: Sequence[Turn]) -> list[dict[str, Any]]:
        """The messages. If the template supports no system turn, the system prompt is put before the first question."""
        form = self._system[any(not isinstance(item, str) for _, items in turns for item in items)]
        if system and form is None:
            (role, items), *others = turns
            system, turns = "", [(role, _prefixed(system, items)), *others]
        before = [{"role": "system", "content": form([system])}] if system and form else []
        return [*before, *({"role": role, "content": self._format(role)(items)} for role, items in turns)]

    def _format(self, role: str) -> Content:
        return self.assistant or self._user if role == "assistant" else self._user

    def render(self, chat: Sequence[dict[str, Any]]) -> str:
        rendered = self._processor.apply_chat_template(
            chat, chat_template=self.text, add_generation_prompt=True, tokenize=False
        )
        return str(rendered)

    def _user_format(self, sees: bool) -> Content:
        for form in (self._parts, self._string) if sees else (self._string, self._parts):
            text = self._try_render({"role": "user", "content": form([PROBE])})
            shown = self._try_render({"role": "user", "content": form([probe_picture(), PROBE])}) if sees else text
            if PROBE in text and PROBE in shown and (shown != text or not sees):
                return form
        lost = "question or its image" if sees else "question"
        hint = "put this model's own template into chat_template.jinja, or remove that file"
        raise UsageError(f"the checkpoint's chat template loses the {lost}", hint=hint)

    def _system_format(self, seeing: bool) -> Content | None:
        """The content format for a system turn, or None: some templates reject or drop it, some only with an image."""
        user = {"role": "user", "content": self._user([probe_picture(), "Hello"] if seeing else ["Hello"])}
        for form in (self._user, self._string):
            text = self._try_render({"role": "system", "content": form([PROBE])}, user)
            if PROBE in text and "Hello" in text:
                return form
        return None

    def _try_render(self, *chat: dict[str, Any]) -> str:
        try:
            return self.render(chat)
        except Exception:  # templates raise their own errors
            return ""

    def _parts(self, items: Sequence[Item]) -> Any:
        return [
            {"type": "text", "text": item} if isinstance(item, str) else {"type": "image", "image": item}
            for item in items
        ]

    def _string(self, items: Sequence[Item]) -> Any:
        pieces = (item if isinstance(item, str) else self._image_token for item in items)
        return "\n".join(filter(None, pieces))


def _prefixed(system: str, items: Sequence[Item]) -> list[Item]:
    """The content with the system prompt before its first text."""
    place = next((place for place, item in enumerate(items) if isinstance(item, str)), len(items))
    return [*items[:place], "\n\n".join([system, *map(str, items[place : place + 1])]), *items[place + 1 :]]


def default_template(template: Any) -> str | None:
    """The template for plain chats; a checkpoint may have several, by name."""
    if isinstance(template, dict):
        template = template.get("default") or next(iter(template.values()), None)
    return None if template is None else str(template)


def probe_picture(*, turned: bool = False) -> Pil.Image:
    """A gradient from black to white, downwards or (``turned``) to the right. The two differ after any scaling."""
    from PIL import Image as Pil

    ramp = Pil.linear_gradient("L").convert("RGB")
    return ramp.transpose(Pil.Transpose.ROTATE_90) if turned else ramp
