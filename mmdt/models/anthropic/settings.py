"""Settings of ``anthropic/`` models, and the model description they give."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from mmdt.core.protocols import ModelInfo
from mmdt.models.claude import Thinking, check_thinking, claude_max_tokens
from mmdt.models.http.client import CONCURRENCY, START_CONCURRENCY
from mmdt.models.http.keys import KeyRule
from mmdt.models.http.limits import MAX_REPLY, TIMEOUT
from mmdt.models.model_defaults import LEFT_TO_MODEL, default_temperature, sends_temperature
from mmdt.models.settings import base_url, check_name, read_settings, stated

OFFICIAL = "https://api.anthropic.com"
KEY = KeyRule("ANTHROPIC_API_KEY", ("api.anthropic.com",), "ANTHROPIC_BASE_URL")
_OMITTED = frozenset(
    {
        "api_key_env",
        "timeout",
        "prices",
        "base_url",
        "max_images",
        "max_image_bytes",
        "max_reply_bytes",
        "max_tokens",
        "temperature",
        "filter_patterns",
    }
)


class AnthropicSettings(msgspec.Struct, frozen=True):
    """Settings of ``anthropic/<model>``; None leaves the choice to the server.

    ``max_tokens``: required by the API; includes thinking tokens; by default it leaves room for them (8,192 without
    thinking, 20,480 where the model thinks, 8,192 more than a budget). ``temperature``: by default 0 for the models
    that accept one. ``thinking``: ``enabled`` takes a ``thinking_budget``. ``api_key_env``: by default
    ``ANTHROPIC_API_KEY``, for Anthropic itself and the server in ``ANTHROPIC_BASE_URL``. ``max_reply_bytes``: the
    largest reply to accept. ``timeout``: seconds per attempt. ``extra_body``: more request fields. ``filter_patterns``:
    regular expressions of error messages that mean a content filter, beside the built-in table. ``max_image_bytes``:
    the largest image to send (the API accepts 10 MB of base64)."""

    base_url: str = ""
    api_key_env: str = ""
    timeout: float = TIMEOUT
    max_reply_bytes: int = MAX_REPLY
    max_images: int = 32
    max_image_bytes: int | None = 10 * 1024 * 1024 * 3 // 4
    max_tokens: int | None = None
    temperature: float | None = None
    thinking: Thinking | None = None
    thinking_budget: int | None = None
    effort: Literal["low", "medium", "high", "xhigh", "max"] | None = None
    extra_body: dict[str, Any] | None = None
    filter_patterns: tuple[str, ...] = ()
    prices: dict[str, float] | str | None = None


def anthropic_settings(model: str, settings: Mapping[str, Any]) -> AnthropicSettings:
    """Check the settings and fill in the base URL. Raises UsageError."""
    where = f"anthropic/{model}"
    check_name(model, where, "anthropic/claude-sonnet-4-6")
    found = read_settings(AnthropicSettings, settings, where)
    check_thinking(model, found.thinking, found.thinking_budget, found.max_tokens, where)
    return msgspec.structs.replace(found, base_url=base_url(found.base_url, "ANTHROPIC_BASE_URL", OFFICIAL, where))


def token_limit(model: str, settings: AnthropicSettings) -> int:
    """The most tokens of a reply: thinking and answer."""
    if settings.max_tokens is not None:
        return settings.max_tokens
    return claude_max_tokens(model, settings.thinking, settings.thinking_budget)


def sends_default_temperature(model: str, settings: AnthropicSettings) -> bool:
    """Whether mmdt's own temperature is sent: the user set none, and this model takes one."""
    return settings.temperature is None and _may_have_temperature(settings) and sends_temperature(model)


def _may_have_temperature(settings: AnthropicSettings) -> bool:
    """A model that thinks takes no temperature other than 1."""
    return settings.thinking in (None, "disabled")


def anthropic_info(name: str, settings: AnthropicSettings) -> ModelInfo:
    """The model description. It includes the token limit and the temperature because mmdt, not the API, sets the
    defaults."""
    model, given = name.partition("/")[2], settings.temperature
    by_default = default_temperature(model) if _may_have_temperature(settings) else LEFT_TO_MODEL
    described = {
        "base_url": settings.base_url,
        "max_tokens": token_limit(model, settings),
        "temperature": by_default if given is None else given,
        **stated(settings, _OMITTED),
    }
    return ModelInfo(
        name=name,
        modalities=frozenset({"i2t"}),
        settings=described,
        max_images=settings.max_images,
        concurrency=CONCURRENCY,
        start_concurrency=START_CONCURRENCY,
    )
