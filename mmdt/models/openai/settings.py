"""Settings of ``openai/`` models, and the model description they give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.modality import makes, takes_images
from mmdt.core.protocols import ModelInfo
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import KeyRule
from mmdt.models.http.limits import MAX_REPLY
from mmdt.models.settings import ModalitySetting, base_url, check_name, modalities, read_settings, stated

OFFICIAL = "https://api.openai.com/v1"
KEY = KeyRule("OPENAI_API_KEY", ("api.openai.com", ".api.openai.com"), "OPENAI_BASE_URL")
_IMAGE_MODELS = re.compile(r"(gpt-image|chatgpt-image|dall-e)", re.IGNORECASE)
# Settings that change no answer are left out of the model description; the others here are added in openai_info.
_OMITTED = frozenset(
    {
        "api_key_env",
        "organization",
        "project",
        "timeout",
        "prices",
        "base_url",
        "temperature",
        "max_image_bytes",
        "max_reply_bytes",
    }
)


class OpenAISettings(msgspec.Struct, frozen=True):
    """Settings of ``openai/<model>``; None leaves the choice to the server.

    ``base_url``: any compatible server. ``api_key_env``: the environment variable that holds the key; by default
    ``OPENAI_API_KEY``, for OpenAI itself and for the server in ``OPENAI_BASE_URL``. ``timeout``: seconds per attempt.
    ``modality``: i2t, t2t, t2i or both (i2t and t2i); None guesses it from the name. ``max_image_bytes``: the largest
    image to send. ``max_reply_bytes``: the largest reply to accept. ``temperature``: by default 0 if the model accepts
    it. For text: ``detail``, ``max_tokens``, ``top_p``, ``reasoning_effort``. For images: ``size``, ``quality``,
    ``style``, ``background``, ``moderation``, ``output_format``. ``extra_body``: more request fields, as the server
    names them. ``filter_patterns``: regular expressions of error messages that mean a content filter, beside the
    built-in table."""

    base_url: str = ""
    api_key_env: str = ""
    organization: str | None = None
    project: str | None = None
    timeout: float = 120.0
    max_reply_bytes: int = MAX_REPLY
    api: Literal["chat", "responses"] = "chat"
    modality: ModalitySetting | None = None
    max_images: int = 32
    max_image_bytes: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    reasoning_effort: str | None = None
    detail: Literal["auto", "low", "high", "original"] | None = None
    size: str | None = None
    quality: str | None = None
    style: str | None = None
    background: str | None = None
    moderation: str | None = None
    output_format: Literal["png", "jpeg", "webp"] | None = None
    extra_body: dict[str, Any] | None = None
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None

    @property
    def official(self) -> bool:
        """Whether requests go to OpenAI itself, not to a compatible server."""
        return self.base_url == OFFICIAL


def openai_settings(model: str, settings: Mapping[str, Any]) -> OpenAISettings:
    """Check the settings and fill in the base URL. Raises UsageError."""
    where = f"openai/{model}"
    check_name(model, where, "openai/gpt-4o")
    found = read_settings(OpenAISettings, settings, where)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "OPENAI_BASE_URL", OFFICIAL, where))


def openai_info(name: str, model: str, settings: OpenAISettings) -> ModelInfo:
    """The model description. It includes the temperature because mmdt, not the server, sets the default."""
    # A gateway may prefix the provider: "openai/gpt-image-1.5".
    made = modalities(settings.modality, draws=bool(_IMAGE_MODELS.match(model.rpartition("/")[2])))
    described = {"base_url": settings.base_url, **stated(settings, _OMITTED)}
    if makes(made, "text"):
        described["temperature"] = "0 where accepted" if settings.temperature is None else settings.temperature
    return ModelInfo(
        name=name,
        modalities=made,
        settings=described,
        max_images=settings.max_images if takes_images(made) else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=makes(made, "text") and settings.api == "chat",
    )
