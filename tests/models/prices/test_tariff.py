"""List prices: of the models that a user would choose today, by the model that answered, by date."""

from __future__ import annotations

import datetime as dt

import pytest

from mmdt.models.prices import Tariff, price_of, tariff_at
from mmdt.models.prices.listed import listed_price, provider_at

NOW = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)

CURRENT = {
    "openai": "gpt-6.1-sol gpt-6.1-terra gpt-6-astra gpt-6-sol gpt-6-luna gpt-5.6 gpt-5.6-sol gpt-5.6-terra "
    "gpt-5.6-luna gpt-5.5 gpt-5.5-pro gpt-5.4 gpt-5.4-2026-03-05 gpt-5.4-mini gpt-5.4-nano gpt-5.4-pro "
    "gpt-5.3-chat-latest gpt-5.2 gpt-5.2-pro gpt-5.1 gpt-5.1-chat-latest gpt-5 gpt-5-mini gpt-5-nano "
    "gpt-4.1 gpt-4.1-mini gpt-4o gpt-4o-2024-11-20 gpt-4o-2024-05-13 gpt-4o-mini chatgpt-4o-latest o3 "
    "o3-pro o1 o3-mini gpt-image-2.6-flare gpt-image-2.6-sunburst gpt-image-2.5-flare gpt-image-2 "
    "gpt-image-1.5 gpt-image-1-mini",
    "anthropic": "claude-opus-5-5 claude-opus-5 claude-opus-4-8 claude-opus-4-7 claude-opus-4-6 "
    "claude-opus-4-5-20251101 claude-opus-4-1-20250805 claude-sonnet-5-5 claude-sonnet-5 "
    "claude-sonnet-4-6 claude-sonnet-4-5-20250929 claude-haiku-5-5 claude-haiku-4-5 "
    "claude-haiku-4-5-20251001 claude-fable-5 claude-fable-5-1 claude-fable-5-2 claude-mythos-5-2",
    "google": "gemini-4-argon gemini-3.8-flash gemini-3.7-flash gemini-3.6-flash gemini-3.5-flash "
    "gemini-3.5-flash-lite gemini-3.1-pro-preview gemini-3.1-flash-lite gemini-3-flash-preview "
    "gemini-2.5-pro gemini-2.5-flash gemini-2.5-flash-lite gemini-flash-latest gemini-2.5-flash-image "
    "gemini-3.1-flash-image gemini-3-pro-image gemini-nano-banana-2.1 models/gemini-2.5-pro",
    "mistral": "mistral-large-latest mistral-large-2512 mistral-large-4 mistral-medium-latest mistral-small-latest "
    "pixtral-large-latest ministral-8b-latest magistral-medium-latest",
    "x-ai": "grok-4.7 grok-4.6 grok-4.5 grok-4.3 grok-4 grok-4-fast",
    "bedrock": "global.anthropic.claude-opus-5-5 us.anthropic.claude-opus-5-5 eu.anthropic.claude-opus-4-8 "
    "us.anthropic.claude-sonnet-4-6 anthropic.claude-sonnet-4-6 "
    "us.anthropic.claude-haiku-4-5-20251001-v1:0 amazon.nova-pro-v1:0 us.amazon.nova-lite-v1:0 "
    "us.amazon.nova-2-lite-v1:0 us.meta.llama4-maverick-17b-instruct-v1:0 qwen.qwen3-vl-235b-a22b "
    "mistral.pixtral-large-2502-v1:0 google.gemma-3-27b-it openai.gpt-5.5 "
    "arn:aws:bedrock:us-east-1:1:inference-profile/us.anthropic.claude-sonnet-4-6",
    "openrouter": "openai/gpt-6-sol openai/gpt-5.4 anthropic/claude-opus-5.5 anthropic/claude-sonnet-4.6 x-ai/grok-4.7 "
    "google/gemini-3.1-pro-preview meta-llama/llama-4-maverick qwen/qwen3-vl-235b-a22b-instruct "
    "z-ai/glm-5.3 mistralai/mistral-large-2512 deepseek/deepseek-v3.2 moonshotai/kimi-k2.5",
    "deepseek": "deepseek-chat deepseek-reasoner",
    "groq": "meta-llama/llama-4-maverick-17b-128e-instruct",
    "together": "meta-llama/Llama-4-Maverick-17B-128E-Instruct-FP8",
    "moonshotai": "kimi-k2.5",
    "zai": "glm-4.6v glm-5.3",
}
ALL = [(provider, name) for provider, names in CURRENT.items() for name in names.split()]


@pytest.mark.parametrize(("provider", "name"), ALL)
def test_models_of_today_have_a_price_with_its_source(provider: str, name: str) -> None:
    found = price_of(provider, name, None)
    assert found is not None
    assert found.input + found.output + found.image > 0
    assert found.source


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("bedrock", "amazon.nova-canvas-v1:0"),
        ("bedrock", "us.stability.stable-image-core-v1:1"),
        ("x-ai", "grok-imagine-image"),
    ],
)
def test_pictures_whose_price_depends_on_size_and_quality_have_none_unless_it_is_set(provider: str, model: str) -> None:
    assert price_of(provider, model, None) is None
    found = price_of(provider, model, {"image": 0.06})
    assert found is not None
    assert found.cost(0, 0, 2) == pytest.approx(0.12)


@pytest.mark.parametrize("model", ["gpt-4o-like", "llava", "", "date", "whisper-1", "gpt-99"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price_of("openai", model, None) is None


def test_a_free_model_costs_nothing() -> None:
    free = price_of("google", "gemma-3-27b-it", None)
    assert free is not None
    assert free.cost(1000, 1000) == 0


def test_the_figures_are_those_of_the_providers() -> None:
    """By hand, from the providers' pages of November 2026."""
    sol = price_of("openai", "gpt-5.6-sol", None)
    assert sol is not None
    assert (sol.input, sol.output, sol.cache_read, sol.cache_write) == (4.0, 20.0, 0.4, 5.0)
    assert sol.tiers[0].above == 272_000
    assert sol.tiers[0].price.input == 8.0
    opus = price_of("anthropic", "claude-opus-4-8", None)
    assert opus is not None
    assert (opus.input, opus.output, opus.cache_read, opus.cache_write, opus.cache_write_1h) == (5, 25, 0.5, 6.25, 10)
    banana = price_of("google", "gemini-2.5-flash-image", None)
    assert banana is not None
    assert (banana.output, banana.output_image) == (2.5, 30.0)


def test_on_bedrock_the_price_depends_on_the_kind_of_profile() -> None:
    world, europe = (price_of("bedrock", f"{kind}.anthropic.claude-sonnet-4-6", None) for kind in ("global", "eu"))
    assert world is not None
    assert europe is not None
    assert europe.input == pytest.approx(1.1 * world.input)


def test_a_price_has_the_date_from_which_it_holds() -> None:
    """Claude Sonnet 4.6 lost its higher price for long requests on 2026-03-13."""
    before = price_of("anthropic", "claude-sonnet-4-6", None, dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    after = price_of("anthropic", "claude-sonnet-4-6", None, NOW)
    assert before is not None
    assert after is not None
    assert before.cost(500_000, 0) == pytest.approx(2 * after.cost(500_000, 0))
    assert after.valid_from == dt.date(2026, 3, 13)


def test_the_model_that_answered_decides() -> None:
    asked = tariff_at("https://api.openai.com/v1", True, "openai", "gpt-4o", None)
    assert asked.price("gpt-4o-2024-05-13") == price_of("openai", "gpt-4o-2024-05-13", None)
    for unknown in ("", None, 7, {"a": 1}, "my-fine-tune"):
        assert asked.price(unknown) == price_of("openai", "gpt-4o", None)
    unlisted = Tariff("openai", "a-name-of-tomorrow")
    assert not unlisted.known
    assert unlisted.price("gpt-5.4-2026-03-05") == price_of("openai", "gpt-5.4", None)


def test_a_batch_has_the_list_price_for_batches_or_half() -> None:
    listed = Tariff("openai", "gpt-5.6-sol").batches().price()
    assert listed is not None
    assert (listed.input, listed.cache_read) == (2.0, 0.2)
    half = Tariff("openai", "gpt-image-2.6-flare").batches().price()
    assert half is not None
    assert (half.input, half.output) == (2.5, 15.0)
    own = Tariff("openai", "any", {"input": 2.0, "output": 4.0}).batches().price()
    assert own is not None
    assert (own.input, own.output) == (1.0, 2.0)


def test_the_service_tier_that_answered_decides() -> None:
    tariff = Tariff("openai", "gpt-5.6-sol")
    flex, normal, fast = (tariff.price(tier=tier) for tier in ("flex", "default", "priority"))
    assert flex is not None
    assert normal is not None
    assert fast is not None
    assert (flex.input, normal.input, fast.input) == (2.0, 4.0, 8.0)


def test_a_deployment_costs_what_the_model_behind_it_costs() -> None:
    deployment = Tariff("azure", "", names_itself=True)
    assert deployment.known
    found = deployment.price("gpt-4o-2024-11-20")
    assert found is not None
    assert (found.input, found.output) == (2.5, 10.0)
    assert deployment.price("") is None


@pytest.mark.parametrize(
    ("url", "provider"),
    [
        ("https://api.mistral.ai/v1", "mistral"),
        ("https://api.x.ai/v1", "x-ai"),
        ("https://openrouter.ai/api/v1", "openrouter"),
        ("https://api.deepseek.com", "deepseek"),
        ("https://api.groq.com/openai/v1", "groq"),
        ("https://api.together.xyz/v1", "together"),
        ("https://api.fireworks.ai/inference/v1", "fireworks"),
        ("https://generativelanguage.googleapis.com/v1beta/openai", "google"),
        ("http://127.0.0.1:8000/v1", ""),
        ("https://llm.example.org/v1", ""),
        ("https://me--vllm.modal.run/v1", ""),
        ("https://evil.example/https://api.x.ai", ""),
    ],
)
def test_the_list_price_at_another_address_is_that_of_its_provider(url: str, provider: str) -> None:
    assert provider_at(url) == provider
    assert tariff_at(url, False, "openai", "gpt-4o", None).whose == provider


def test_a_server_of_ones_own_has_no_list_price() -> None:
    server = tariff_at("http://127.0.0.1:8000/v1", False, "openai", "gpt-4o", None)
    assert not server.known
    assert server.price("gpt-4o") is None
    assert str(server) == "unknown"


def test_nothing_but_the_installed_list_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    def forbidden(*_args: object) -> None:
        raise AssertionError("the network was asked")

    monkeypatch.setattr(socket.socket, "connect", forbidden)
    assert listed_price("openai", "gpt-4o", NOW) is not None
