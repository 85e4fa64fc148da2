"""Chat templates: finds the message format that a template accepts by trying it, because no template declares it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from mmdt.errors import UsageError

if TYPE_CHECKING:
    from PIL import Image as Pil

PROBE = "Does this\nreach the model?"
"""Contains a line break, which becomes ``\\n`` if a template that expects a string prints a list of parts instead."""

Content = Callable[[str, Sequence["Pil.Image"]], Any]


class ChatTemplate:
    """Renders one user turn, after a system turn if the template supports one.

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

    def chat(self, system: str, prompt: str, shown: Sequence[Pil.Image]) -> list[dict[str, Any]]:
        """The messages. If the template supports no system turn, the system prompt is put before the question."""
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

    def _user_format(self, sees: bool) -> Content:
        for form in (self._parts, self._string) if sees else (self._string, self._parts):
            text = self._try_render({"role": "user", "content": form(PROBE, ())})
            shown = self._try_render({"role": "user", "content": form(PROBE, [probe_picture()])}) if sees else text
            if PROBE in text and PROBE in shown and (shown != text or not sees):
                return form
        lost = "question or its image" if sees else "question"
        hint = "put this model's own template into chat_template.jinja, or remove that file"
        raise UsageError(f"the checkpoint's chat template loses the {lost}", hint=hint)

    def _system_format(self, seeing: bool) -> Content | None:
        """The content format for a system turn, or None: some templates reject or drop it, some only with an image."""
        user = {"role": "user", "content": self._user("Hello", [probe_picture()] if seeing else [])}
        for form in (self._user, self._string):
            text = self._try_render({"role": "system", "content": form(PROBE, ())}, user)
            if PROBE in text and "Hello" in text:
                return form
        return None

    def _try_render(self, *chat: dict[str, Any]) -> str:
        try:
            return self.render(chat)
        except Exception:  # templates raise their own errors
            return ""

    def _parts(self, text: str, images: Sequence[Pil.Image]) -> Any:
        return [*({"type": "image", "image": image} for image in images), {"type": "text", "text": text}]

    def _string(self, text: str, images: Sequence[Pil.Image]) -> Any:
        mark = f"{self._image_token}\n" if self._image_token else ""
        return mark * len(images) + text


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
