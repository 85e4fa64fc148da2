"""Chat templates: what form of messages a checkpoint's takes. None says so, hence it is tried when it is loaded."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image as Pil

PROBE = "Does this\nreach the model?"
"""With a line break: where a template expects a string and writes a list of parts as Python does, it reads ``\\n``."""

Content = Callable[[str, Sequence["Pil.Image"]], Any]


class ChatTemplate:
    """Renders one turn of a user, after a system turn where the template has one.

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

    def chat(self, system: str, prompt: str, shown: Sequence[Pil.Image]) -> list[dict[str, Any]]:
        """The messages; the system prompt goes before the question where the template has no turn for it."""
        form = self._system[bool(shown)]
        if system and form is None:
            system, prompt = "", f"{system}\n\n{prompt}"
        turns = [{"role": "system", "content": form(system, ())}] if system and form else []
        return [*turns, {"role": "user", "content": self._user(prompt, shown)}]

    def render(self, chat: Sequence[dict[str, Any]]) -> str:
        rendered = self._processor.apply_chat_template(
            chat, chat_template=self.text, add_generation_prompt=True, tokenize=False
        )
        return str(rendered)

    def _users_form(self, sees: bool) -> Content:
        for form in (self._parts, self._string) if sees else (self._string, self._parts):
            text = self._tried({"role": "user", "content": form(PROBE, ())})
            shown = self._tried({"role": "user", "content": form(PROBE, [probe_picture()])}) if sees else text
            if PROBE in text and PROBE in shown and (shown != text or not sees):
                return form
        lost = "question or its picture" if sees else "question"
        hint = "put the template that belongs to this model into chat_template.jinja, or remove the one that is there"
        raise UsageError(f"the checkpoint's chat template loses the {lost}", hint=hint)

    def _systems_form(self, seeing: bool) -> Content | None:
        """Some templates raise an error at a system turn, or only beside a picture; some leave it out."""
        user = {"role": "user", "content": self._user("Hello", [probe_picture()] if seeing else [])}
        for form in (self._user, self._string):
            text = self._tried({"role": "system", "content": form(PROBE, ())}, user)
            if PROBE in text and "Hello" in text:
                return form
        return None

    def _tried(self, *chat: dict[str, Any]) -> str:
        try:
            return self.render(chat)
        except Exception:  # the template's own error
            return ""

    def _parts(self, text: str, images: Sequence[Pil.Image]) -> Any:
        return [*({"type": "image", "image": image} for image in images), {"type": "text", "text": text}]

    def _string(self, text: str, images: Sequence[Pil.Image]) -> Any:
        mark = f"{self._image_token}\n" if self._image_token else ""
        return mark * len(images) + text


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
