"""Chat templates: what form of messages a checkpoint's takes. None says so, hence it is tried when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any, Union

from mmdt.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image as Pil

PROBE = "Does this\nreach the model?"
"""With a line break: where a template expects a string and writes a list of parts as Python does, it reads ``\\n``."""

Item = Union[str, "Pil.Image"]
"""A piece of a message: text or a picture."""
Content = Callable[[Sequence[Item]], Any]
Turn = tuple[str, Sequence[Item]]
"""Role (``user`` or ``assistant``) and content."""


class Template:
    """Renders a conversation, after a system turn where the template has one.

    ``sees``: whether it must have a place for pictures. ``image_token``: what stands for a picture where a template
    takes strings alone. Raises UsageError where the template loses the question or the pictures.
    """

    def __init__(self, processor: Any, text: str, *, sees: bool, image_token: str) -> None:
        self.text = text
        self._processor = processor
        self._image_token = image_token
        self._user = self._users_form(sees)
        self._system = {seeing: self._systems_form(seeing) for seeing in ({False, True} if sees else {False})}

    @property
    def takes_parts(self) -> bool:
        """Whether pictures are handed over within the messages."""
        return self._user == self._parts

    @cached_property
    def assistant(self) -> Content | None:
        """How an earlier reply of the model is written; None where the template has no place for one."""
        user = {"role": "user", "content": self._user(["Hello"])}
        for form in (self._user, self._string, self._parts):
            text = self._tried(user, {"role": "assistant", "content": form([PROBE])}, user)
            if PROBE in text:
                return form
        return None

    def chat(self, system: str, turns: Sequence[Turn]) -> list[dict[str, Any]]:
        """The messages; the system prompt goes before the first question where the template has no turn for it."""
        form = self._system[any(not isinstance(item, str) for _, items in turns for item in items)]
        if system and form is None:
            (role, items), *others = turns
            system, turns = "", [(role, _preceded(system, items)), *others]
        before = [{"role": "system", "content": form([system])}] if system and form else []
        return [*before, *({"role": role, "content": self._form(role)(items)} for role, items in turns)]

    def _form(self, role: str) -> Content:
        return self.assistant or self._user if role == "assistant" else self._user

    def render(self, chat: Sequence[dict[str, Any]]) -> str:
        rendered = self._processor.apply_chat_template(
            chat, chat_template=self.text, add_generation_prompt=True, tokenize=False
        )
        return str(rendered)

    def _users_form(self, sees: bool) -> Content:
        for form in (self._parts, self._string) if sees else (self._string, self._parts):
            text = self._tried({"role": "user", "content": form([PROBE])})
            shown = self._tried({"role": "user", "content": form([probe_picture(), PROBE])}) if sees else text
            if PROBE in text and PROBE in shown and (shown != text or not sees):
                return form
        lost = "question or its picture" if sees else "question"
        hint = "put the template that belongs to this model into chat_template.jinja, or remove the one that is there"
        raise UsageError(f"the checkpoint's chat template loses the {lost}", hint=hint)

    def _systems_form(self, seeing: bool) -> Content | None:
        """Some templates raise an error at a system turn, or only beside a picture; some leave it out."""
        user = {"role": "user", "content": self._user([probe_picture(), "Hello"] if seeing else ["Hello"])}
        for form in (self._user, self._string):
            text = self._tried({"role": "system", "content": form([PROBE])}, user)
            if PROBE in text and "Hello" in text:
                return form
        return None

    def _tried(self, *chat: dict[str, Any]) -> str:
        try:
            return self.render(chat)
        except Exception:  # the template's own error
            return ""

    def _parts(self, items: Sequence[Item]) -> Any:
        return [
            {"type": "text", "text": item} if isinstance(item, str) else {"type": "image", "image": item}
            for item in items
        ]

    def _string(self, items: Sequence[Item]) -> Any:
        pieces = (item if isinstance(item, str) else self._image_token for item in items)
        return "\n".join(filter(None, pieces))


def _preceded(system: str, items: Sequence[Item]) -> list[Item]:
    """The content with the system prompt before its first text."""
    place = next((place for place, item in enumerate(items) if isinstance(item, str)), len(items))
    return [*items[:place], "\n\n".join([system, *map(str, items[place : place + 1])]), *items[place + 1 :]]


def chosen(template: Any) -> str | None:
    """A checkpoint may have several templates, by name: the one for plain chats."""
    if isinstance(template, dict):
        template = template.get("default") or next(iter(template.values()), None)
    return None if template is None else str(template)


def probe_picture(*, turned: bool = False) -> Pil.Image:
    """From black to white, downwards or (``turned``) to the right: whatever scales or normalizes, the two differ."""
    from PIL import Image as Pil

    ramp = Pil.linear_gradient("L").convert("RGB")
    return ramp.transpose(Pil.Transpose.ROTATE_90) if turned else ramp
