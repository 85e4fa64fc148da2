"""Settings of ``google/`` models, and the model description they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.modality import makes, takes_images
from mmdt.core.protocols import ModelInfo
from mmdt.errors import UsageError
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import KeyRule
from mmdt.models.http.limits import MAX_REPLY, TIMEOUT
from mmdt.models.model_defaults import LEFT_TO_MODEL, default_temperature
from mmdt.models.settings import ModalitySetting, base_url, check_name, modalities, read_settings, stated

OFFICIAL = "https://generativelanguage.googleapis.com"
KEY = KeyRule("GEMINI_API_KEY", ("generativelanguage.googleapis.com",), "GOOGLE_GEMINI_BASE_URL")
_OMITTED = frozenset(
    {
        "api_key_env",
        "timeout",
        "prices",
        "base_url",
        "max_images",
        "max_image_bytes",
        "max_reply_bytes",
        "temperature",
        "filter_patterns",
    }
)


class GoogleSettings(msgspec.Struct, frozen=True):
    """Settings of ``google/<model>``; None leaves the choice to the server.

    ``safety``: one threshold for all of the provider's safety filters, such as ``BLOCK_NONE``. ``modality``: i2t, t2t,
    t2i or both (i2t and t2i); None guesses it from the name. ``temperature``: by default 0 for text up to Gemini 2.5,
    and none from 3 on. ``filter_patterns``: regular expressions of error messages that mean a content filter, beside
    the built-in table. ``api_key_env``: by default ``GEMINI_API_KEY``, for Google itself and the server in
    ``GOOGLE_GEMINI_BASE_URL``. ``max_reply_bytes``: the largest reply to accept. ``timeout``: seconds per attempt.
    ``max_image_bytes``: the largest image to send. ``aspect_ratio`` and ``image_size``: for generated images.
    ``extra_body``: more request fields."""

    base_url: str = ""
    api_key_env: str = ""
    timeout: float = TIMEOUT
    max_reply_bytes: int = MAX_REPLY
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
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None


def google_settings(model: str, settings: Mapping[str, Any]) -> GoogleSettings:
    """Check the settings and fill in the base URL. Raises UsageError."""
    where = f"google/{model}"
    check_name(model, where, "google/gemini-3.6-flash")
    if model.startswith("imagen"):
        hint = "use a Gemini image model, for example google/gemini-3.1-flash-image"
        raise UsageError("Google has shut down its Imagen models", where=where, hint=hint)
    found = read_settings(GoogleSettings, settings, where)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "GOOGLE_GEMINI_BASE_URL", OFFICIAL, where))


def google_info(model: str, settings: GoogleSettings) -> ModelInfo:
    made = modalities(settings.modality, draws="image" in model.lower())
    if makes(made, "image"):
        made |= {"it2i"}  # Gemini's image models also change pictures that they are given
    described = {"base_url": settings.base_url, **stated(settings, _OMITTED)}
    if settings.temperature is not None:
        described["temperature"] = settings.temperature
    elif makes(made, "text"):
        # Gemini's older models accept 0; where the server does not, the run says what was left out.
        by_default = default_temperature(model)
        described["temperature"] = by_default if by_default == LEFT_TO_MODEL else 0
    return ModelInfo(
        name=f"google/{model}",
        modalities=made,
        settings=described,
        max_images=settings.max_images if takes_images(made) else 0,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
        seeds=makes(made, "text"),
    )
