"""A budget in money with models of today, and where the manifest and the plan say that prices come from."""

import json

import pytest

import mmdt
from mmdt.errors import UsageError
from mmdt.models.prices import check_budget
from mmdt.plugins import open_model
from tests.models.prices.test_tariff import CURRENT
from tests.servers.openai_server import OpenAIServer

URLS = {
    "mistral": "https://api.mistral.ai/v1",
    "x-ai": "https://api.x.ai/v1",
    "openrouter": "https://openrouter.ai/api/v1",
    "deepseek": "https://api.deepseek.com",
    "groq": "https://api.groq.com/openai/v1",
    "together": "https://api.together.xyz/v1",
    "moonshotai": "https://api.moonshot.ai/v1",
    "zai": "https://api.z.ai/api/paas/v4",
}
NAMES = [(provider, name) for provider, names in CURRENT.items() for name in names.split()]


@pytest.fixture(autouse=True)
def own_hosts(monkeypatch):
    for name in ("OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_REGION", "us-east-1")


@pytest.mark.parametrize(("provider", "name"), NAMES)
def test_a_budget_in_money_is_taken_for_models_of_today(provider, name):
    url = {"base_url": URLS[provider]} if provider in URLS else {}
    model = open_model(f"{'openai' if provider in URLS else provider}/{name.removeprefix('models/')}", url)
    check_budget([model], 1.0)


def test_a_server_of_ones_own_needs_a_price_or_a_gateway_that_says_it():
    local = {"base_url": "http://127.0.0.1:1/v1"}
    with pytest.raises(UsageError, match="price of openai/llava is unknown"):
        check_budget([open_model("openai/llava", local)], 1.0)
    check_budget([open_model("openai/llava", {**local, "prices": {"input": 0, "output": 0}})], 1.0)
    check_budget([open_model("openai/llava", {**local, "prices": "reported"})], 1.0)


class Gateway(OpenAIServer):
    """Every answer says that it cost a cent."""

    def answer(self, asked, reply, fault):
        found = super().answer(asked, reply, fault)
        return {**found, "usage": {**found["usage"], "cost": 0.01}}


ASK = {
    "select": "safety/i2t/typography",
    "data": "embedded",
    "size": 2,
    "judge": "embedded",
    "allow_embedded_judge": True,
}


def test_a_budget_holds_by_what_replies_say(tmp_path):
    with Gateway().in_thread() as server:
        run = mmdt.run(
            "openai/any",
            **ASK,
            base_url=server.url,
            max_cost=0.055,
            model_settings={"prices": "reported"},
            out=tmp_path / "run",
        )
        assert server.log.requests == 5
    assert run.manifest.ended.how == "budget"
    assert run.cost == pytest.approx(0.05)
    assert json.loads((tmp_path / "run/manifest.json").read_text())["prices"]["openai/any"].startswith(
        "what each reply"
    )


def test_the_plan_says_what_each_model_costs_and_who_says_so(monkeypatch):
    plan = mmdt.plan("openai/gpt-5.4", **{**ASK, "judge": "anthropic/claude-sonnet-4-6"})
    assert set(plan.prices) == {"openai/gpt-5.4", "anthropic/claude-sonnet-4-6"}
    assert "$2.5 input, $15 output" in plan.prices["openai/gpt-5.4"]
    assert "genai-prices" in plan.prices["openai/gpt-5.4"]
    assert "since 2026-03-13" in plan.prices["anthropic/claude-sonnet-4-6"]
    assert plan.cost > 0
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    assert mmdt.plan("openai/gpt-5.4", **ASK).cost is None, "another server has its own prices"
