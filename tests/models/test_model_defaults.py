"""Defaults follow the model, whoever serves it."""

from __future__ import annotations

import pytest

from mmdt.errors import UsageError
from mmdt.models.claude import claude_max_tokens, claude_version
from mmdt.models.model_defaults import RULES, sends_temperature
from mmdt.plugins import open_model

ZERO = (
    "gpt-4o", "gpt-4o-2024-11-20", "gpt-4.1-mini", "gpt-5.1", "gpt-5.4", "gpt-35-turbo", "gpt-oss-120b",
    "gpt-5-chat-latest", "claude-opus-4-6", "claude-sonnet-4-20250514", "claude-3-5-haiku-20241022",
    "us.anthropic.claude-sonnet-4-6-v1:0",
    "anthropic/claude-haiku-4.5", "gemini-2.5-flash", "gemini-2.0-flash-001", "llava", "qwen3-vl", "grok-4", "pro3",
)  # fmt: skip
NONE = (
    "gpt-5", "gpt-5-mini-2025-08-07", "gpt-5.5", "gpt-5.6-pro", "gpt-6", "openai/o4-mini", "o3-pro", "o1",
    "claude-opus-4-7", "claude-sonnet-5", "claude-sonnet-5-20260301", "claude-opus-5-5", "claude-fable-5-1",
    "claude-mythos-preview", "global.anthropic.claude-opus-4-8", "anthropic/claude-opus-4.7", "gemini-3-pro-preview",
    "google/gemini-3.1-flash", "gemini-3.6-flash", "gemini-4-pro",
)  # fmt: skip


def test_the_table_names_its_sources() -> None:
    assert all("20" in rule.source for rule in RULES)


@pytest.mark.parametrize("model", ZERO)
def test_most_models_are_asked_at_zero(model: str) -> None:
    assert sends_temperature(model)


@pytest.mark.parametrize("model", NONE)
def test_some_are_asked_without_a_temperature(model: str) -> None:
    assert not sends_temperature(model)


def test_the_effort_decides_for_the_models_in_between() -> None:
    assert sends_temperature("gpt-5.4", "none")
    assert not sends_temperature("gpt-5.4", "low")
    assert sends_temperature("gpt-6", "none")


@pytest.mark.parametrize("version", ["sonnet-4-6", "opus-4-7", "sonnet-5", "haiku-4-5", "fable-5"])
def test_one_claude_is_sent_the_same_wherever_it_is(version: str) -> None:
    pytest.importorskip("anthropic")
    pytest.importorskip("aiobotocore")
    here = open_model(f"anthropic/claude-{version}").info.settings
    there = open_model(f"bedrock/us.anthropic.claude-{version}-v1:0", {"region": "us-east-1"}).info.settings
    gateway = open_model(f"openai/anthropic/claude-{version}", {"base_url": "http://localhost:1/v1"}).info.settings
    assert here["temperature"] == there["temperature"] == gateway["temperature"]
    assert here["max_tokens"] == there["max_tokens"]


def test_thinking_has_room() -> None:
    assert claude_max_tokens("claude-sonnet-4-5") == 8192
    assert claude_max_tokens("claude-opus-5") > 2 * 8192
    assert claude_max_tokens("claude-sonnet-4-6", "adaptive") > 2 * 8192
    assert claude_max_tokens("claude-sonnet-4-5", "enabled", 10_000) == 18_192
    assert claude_max_tokens("claude-sonnet-5-5", "between_tools") == 8192
    assert claude_version("gpt-4o") is None


@pytest.mark.parametrize(
    ("model", "settings", "hint"),
    [
        ("claude-sonnet-4-5", {"thinking": "adaptive"}, "thinking=enabled"),
        ("claude-opus-4-7", {"thinking": "enabled", "thinking_budget": 2000}, "adaptive"),
        ("claude-sonnet-4-5", {"thinking": "enabled"}, "thinking_budget"),
        ("claude-sonnet-4-5", {"thinking_budget": 2000}, "add it"),
        ("claude-sonnet-4-5", {"thinking": "enabled", "thinking_budget": 10}, "1,024"),
        ("claude-sonnet-4-5", {"thinking": "enabled", "thinking_budget": 5000, "max_tokens": 5000}, "max_tokens"),
    ],
)
def test_thinking_that_no_request_could_have_is_refused_at_once(
    model: str, settings: dict[str, object], hint: str
) -> None:
    pytest.importorskip("anthropic")
    with pytest.raises(UsageError) as caught:
        open_model(f"anthropic/{model}", settings)
    assert hint in caught.value.hint


@pytest.mark.parametrize(
    ("model", "api"),
    [("gpt-5.4-pro", "responses"), ("o3-pro", "responses"), ("o3-pro-2025-06-10", "responses"), ("gpt-4o", None)],
)
def test_pro_models_choose_the_responses_api(model: str, api: str | None) -> None:
    assert open_model(f"openai/{model}").info.settings.get("api") == api
    assert open_model(f"openai/{model}", {"api": "chat"}).info.settings.get("api") is None
    azure = open_model(f"azure/{model}", {"base_url": "https://x.openai.azure.com"})
    assert azure.info.settings.get("api") == api
