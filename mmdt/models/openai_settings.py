"""Settings of the OpenAI runtime, and what they say about the model."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.cell import Modality
from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.sdk_client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.settings import read_settings, stated
from mmdt.models.urls import check_base_url

OFFICIAL = "https://api.openai.com/v1"
_PAINTERS = re.compile(r"(gpt-image|chatgpt-image|dall-e)", re.IGNORECASE)
# What changes nothing in an answer is no part of a run's description.
_SILENT = frozenset(
    {"api_key_env", "organization", "project", "timeout", "prices", "base_url", "temperature", "max_image_bytes"}
)


class OpenAISettings(msgspec.Struct, frozen=True):
    """Settings of ``openai/<model>``; None leaves a choice to the server.

    ``base_url``: any compatible server. ``api_key_env``: the environment variable that holds the key.
    ``timeout``: seconds for one attempt. ``modality``: what the model makes, guessed from its name when None.
    ``max_image_bytes``: the largest picture that is sent. ``temperature``: 0 where the model accepts it, unless given.
    ``detail``, ``max_tokens``, ``top_p``, ``reasoning_effort``: for text; ``size``, ``quality``, ``style``,
    ``background``, ``moderation``, ``output_format``: for pictures made. ``extra_body``: further fields of the request,
    as the server names them.
    """

    base_url: str = ""
    api_key_env: str = "OPENAI_API_KEY"
    organization: str | None = None
    project: str | None = None
    timeout: float = 120.0
    api: Literal["chat", "responses"] = "chat"
    modality: Literal["i2t", "t2i", "both"] | None = None
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
    prices: dict[str, float] | str | None = None

    @property
    def official(self) -> bool:
        """Whether requests go to OpenAI itself."""
        return self.base_url == OFFICIAL


def openai_settings(model: str, settings: Mapping[str, Any]) -> OpenAISettings:
    """Checked settings with the base URL in place. Raises UsageError."""
    where = f"openai/{model}"
    if not model:
        raise UsageError("the model has no name", where="openai/", cure="write for example openai/gpt-4o")
    found = read_settings(OpenAISettings, settings, where)
    base_url = found.base_url or os.environ.get("OPENAI_BASE_URL") or OFFICIAL
    return msgspec.structs.replace(found, base_url=check_base_url(base_url, where))


def modalities(model: str, settings: OpenAISettings) -> frozenset[Modality]:
    if settings.modality == "both":
        return frozenset({"i2t", "t2i"})
    if settings.modality is not None:
        return frozenset({settings.modality})
    # A gateway may put the provider in front: "openai/gpt-image-1.5".
    return frozenset({"t2i"} if _PAINTERS.match(model.rpartition("/")[2]) else {"i2t"})


def openai_info(name: str, model: str, settings: OpenAISettings) -> ModelInfo:
    """The model's description; the temperature is part of it because its default is ours, not the server's."""
    makes = modalities(model, settings)
    described = {"base_url": settings.base_url, **stated(settings, _SILENT)}
    if "i2t" in makes:
        described["temperature"] = "0 where accepted" if settings.temperature is None else settings.temperature
    return ModelInfo(
        name=name,
        modalities=makes,
        settings=described,
        max_images=settings.max_images if "i2t" in makes else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds="i2t" in makes and settings.api == "chat",
    )
