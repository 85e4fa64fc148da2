"""Settings of ``anthropic/`` models, and the model description they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import ModelInfo
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import KeyRule
from mmdt.models.http.limits import MAX_REPLY
from mmdt.models.settings import base_url, check_name, read_settings, stated

OFFICIAL = "https://api.anthropic.com"
KEY = KeyRule("ANTHROPIC_API_KEY", ("api.anthropic.com",), "ANTHROPIC_BASE_URL")
_OMITTED = frozenset(
    {"api_key_env", "timeout", "prices", "base_url", "max_images", "max_image_bytes", "max_reply_bytes"}
)


class AnthropicSettings(msgspec.Struct, frozen=True):
    """Settings of ``anthropic/<model>``; None leaves the choice to the server.

    ``max_tokens``: required by the API; includes thinking tokens. ``temperature``: sent only if given, because only
    older models accept it. ``api_key_env``: by default ``ANTHROPIC_API_KEY``, for Anthropic itself and the server in
    ``ANTHROPIC_BASE_URL``. ``max_reply_bytes``: the largest reply to accept. ``timeout``: seconds per attempt.
    ``extra_body``: more request fields. ``max_image_bytes``: the largest image to send (the API accepts 10 MB of
    base64)."""

    base_url: str = ""
    api_key_env: str = ""
    timeout: float = 120.0
    max_reply_bytes: int = MAX_REPLY
    max_images: int = 32
    max_image_bytes: int | None = 10 * 1024 * 1024 * 3 // 4
    max_tokens: int = 8192
    temperature: float | None = None
    thinking: Literal["adaptive", "disabled"] | None = None
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    extra_body: dict[str, Any] | None = None
    prices: dict[str, float] | str | None = None


def anthropic_settings(model: str, settings: Mapping[str, Any]) -> AnthropicSettings:
    """Check the settings and fill in the base URL. Raises UsageError."""
    where = f"anthropic/{model}"
    check_name(model, where, "anthropic/claude-sonnet-4-6")
    found = read_settings(AnthropicSettings, settings, where)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "ANTHROPIC_BASE_URL", OFFICIAL, where))


def anthropic_info(name: str, settings: AnthropicSettings) -> ModelInfo:
    """The model description. It always includes the token limit because mmdt, not the API, sets the default."""
    described = {"base_url": settings.base_url, "max_tokens": settings.max_tokens, **stated(settings, _OMITTED)}
    return ModelInfo(
        name=name,
        modalities=frozenset({"i2t"}),
        settings=described,
        max_images=settings.max_images,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
    )
