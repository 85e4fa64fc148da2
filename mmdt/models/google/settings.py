"""Settings of the Google runtime, and what they say about the model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.modality import makes, takes_images
from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.settings import ModalitySetting, base_url, check_name, modalities, read_settings, stated

OFFICIAL = "https://generativelanguage.googleapis.com"
_SILENT = frozenset({"api_key_env", "timeout", "prices", "base_url", "max_images", "max_image_bytes", "temperature"})


class GoogleSettings(msgspec.Struct, frozen=True):
    """Settings of ``google/<model>``; None leaves a choice to the server.

    ``safety``: one threshold for all of the provider's own safety filters, such as ``BLOCK_NONE``.
    ``modality``: what goes in and what comes out (i2t, t2t, t2i or both), guessed from its name when None.
    ``temperature`` is 0 for text unless given.
    ``max_image_bytes``: the largest picture that is sent. ``aspect_ratio`` and ``image_size``: for pictures made.
    ``extra_body``: further fields of the request.
    """

    base_url: str = ""
    api_key_env: str = "GEMINI_API_KEY"
    timeout: float = 120.0
    modality: ModalitySetting | None = None
    max_images: int = 32
    max_image_bytes: int | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: int | None = None
    thinking_level: Literal["minimal", "low", "medium", "high"] | None = None
    thinking_budget: int | None = None
    safety: Literal["OFF", "BLOCK_NONE", "BLOCK_ONLY_HIGH", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_LOW_AND_ABOVE"] | None = (
        None
    )
    aspect_ratio: str | None = None
    image_size: str | None = None
    extra_body: dict[str, Any] | None = None
    prices: dict[str, float] | str | None = None


def google_settings(model: str, settings: Mapping[str, Any]) -> GoogleSettings:
    """Checked settings with the base URL in place. Raises UsageError."""
    where = f"google/{model}"
    check_name(model, where, "google/gemini-2.5-flash")
    if model.startswith("imagen"):
        hint = "take a Gemini model that draws, for example google/gemini-3.1-flash-image"
        raise UsageError("Google has shut down its Imagen models", where=where, hint=hint)
    found = read_settings(GoogleSettings, settings, where)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "GOOGLE_GEMINI_BASE_URL", OFFICIAL, where))


def google_info(model: str, settings: GoogleSettings) -> ModelInfo:
    made = modalities(settings.modality, draws="image" in model.lower())
    described = {"base_url": settings.base_url, **stated(settings, _SILENT)}
    if settings.temperature is not None:
        described["temperature"] = settings.temperature
    elif makes(made, "text"):
        described["temperature"] = 0
    return ModelInfo(
        name=f"google/{model}",
        modalities=made,
        settings=described,
        max_images=settings.max_images if takes_images(made) else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=makes(made, "text"),
    )
