"""Settings of ``openai/`` models, and the model description they give."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Literal, TypeVar

import msgspec

from mmdt.core.modality import makes, takes_images
from mmdt.core.protocols import ModelInfo
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import KeyRule
from mmdt.models.http.limits import MAX_REPLY, TIMEOUT
from mmdt.models.model_defaults import default_temperature, sends_temperature
from mmdt.models.settings import ModalitySetting, base_url, check_name, modalities, read_settings, stated

OFFICIAL = "https://api.openai.com/v1"
KEY = KeyRule("OPENAI_API_KEY", ("api.openai.com", ".api.openai.com"), "OPENAI_BASE_URL")
_PRO = re.compile(r"^(gpt-\d[\d.]*|o\d+)(-[a-z]+)*-(pro|deep-research)(-\d{4}-\d{2}-\d{2})?$", re.IGNORECASE)
"""Models that exist in the Responses API only: 404 "This is not a chat model" elsewhere
(platform.openai.com/docs/models, 2026-11)."""
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
        "api",
        "auth",
        "filter_patterns",
        "temperature",
        "max_image_bytes",
        "max_reply_bytes",
    }
)


Api = Literal["chat", "responses", "moderations"]


class OpenAISettings(msgspec.Struct, frozen=True):
    """Settings of ``openai/<model>``; None leaves the choice to the server.

    ``base_url``: any compatible server. ``api_key_env``: the environment variable that holds the key; by default
    ``OPENAI_API_KEY``, for OpenAI itself and for the server in ``OPENAI_BASE_URL``. ``timeout``: seconds per attempt.
    ``api``: by default chat, and Responses for the pro models, which exist only there. ``modality``: i2t, t2t, t2i or
    both (i2t and t2i); None guesses it from the name. ``max_image_bytes``: the largest image to send.
    ``max_reply_bytes``: the largest reply to accept. ``temperature``: by default 0 if the model accepts it, see
    ``mmdt.models.model_defaults``. For text: ``detail``, ``max_tokens``, ``top_p``, ``reasoning_effort``. For images:
    ``size``, ``quality``, ``style``, ``background``, ``moderation``, ``output_format``. ``extra_body``: more request
    fields, as the server names them. ``filter_patterns``: regular expressions of error messages that mean a content
    filter, beside the built-in table."""

    base_url: str = ""
    api_key_env: str = ""
    organization: str | None = None
    project: str | None = None
    timeout: float = TIMEOUT
    max_reply_bytes: int = MAX_REPLY
    api: Api | None = None
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
    def sent_elsewhere(self) -> frozenset[str]:
        """The fields that the user set through ``extra_body``."""
        return frozenset(self.extra_body or ())

    @property
    def official(self) -> bool:
        """Whether requests go to OpenAI itself, not to a compatible server."""
        return self.base_url == OFFICIAL


T = TypeVar("T", bound=OpenAISettings)


def openai_settings(model: str, settings: Mapping[str, Any]) -> OpenAISettings:
    """Check the settings and fill in the base URL. Raises UsageError."""
    where = f"openai/{model}"
    check_name(model, where, "openai/gpt-4o")
    found = with_api(read_settings(OpenAISettings, settings, where), model)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "OPENAI_BASE_URL", OFFICIAL, where))


def with_api(found: T, model: str) -> T:
    """The settings with the API that has this model, where the user chose none."""
    if found.api is not None:
        return found
    # A gateway may prefix the provider: "openai/gpt-5.4-pro".
    if "moderation" in model.rpartition("/")[2]:
        return msgspec.structs.replace(found, api="moderations")
    api: Api = "responses" if _PRO.match(model.rpartition("/")[2]) else "chat"
    return msgspec.structs.replace(found, api=api)


def sends_default_temperature(model: str, settings: OpenAISettings) -> bool:
    """Whether mmdt's own temperature is sent: the user set none, and this model takes one."""
    return settings.temperature is None and sends_temperature(model, settings.reasoning_effort)


def openai_info(name: str, model: str, settings: OpenAISettings) -> ModelInfo:
    """The model description. It includes the temperature because mmdt, not the server, sets the default."""
    # A gateway may prefix the provider: "openai/gpt-image-1.5".
    made = modalities(settings.modality, draws=bool(_IMAGE_MODELS.match(model.rpartition("/")[2])))
    described = {"base_url": settings.base_url, **stated(settings, _OMITTED)}
    if makes(made, "text"):
        given, by_default = settings.temperature, default_temperature(model, settings.reasoning_effort)
        described["temperature"] = by_default if given is None else given
        if settings.api != "chat":
            described["api"] = settings.api
    return ModelInfo(
        name=name,
        modalities=made,
        settings=described,
        max_images=settings.max_images if takes_images(made) else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=makes(made, "text") and settings.api == "chat",
    )
