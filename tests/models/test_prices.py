from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from mmdt.errors import UsageError
from mmdt.models.prices import Price, price_of, prices_date


def test_cost_is_per_million_tokens_and_per_picture() -> None:
    price = Price(input=2.5, output=10.0, image=0.04)
    assert price.cost(1_000_000, 0) == pytest.approx(2.5)
    assert price.cost(2000, 300, 2) == pytest.approx(0.005 + 0.003 + 0.08)


def test_the_packaged_list_is_dated_and_whole() -> None:
    assert datetime.date.fromisoformat(prices_date()) <= datetime.date.today()
    assert price_of("openai", "gpt-4o", None) == Price(input=2.5, output=10.0)


def test_a_dated_snapshot_costs_what_its_model_costs_unless_listed() -> None:
    assert price_of("openai", "gpt-4o-2024-11-20", None) == price_of("openai", "gpt-4o", None)
    assert price_of("openai", "gpt-4o-2024-05-13", None) == Price(input=5.0, output=15.0)


def test_on_bedrock_the_price_depends_on_the_kind_of_profile() -> None:
    name = "anthropic.claude-sonnet-4-6"
    assert price_of("bedrock", f"global.{name}", None) == price_of("anthropic", "claude-sonnet-4-6", None)
    assert price_of("bedrock", f"eu.{name}", None) == Price(3.3, 16.5)
    assert price_of("bedrock", name, None) is None


@pytest.mark.parametrize("model", ["gpt-4o-like", "llava", "", "date"])
def test_an_unknown_model_has_no_price(model: str) -> None:
    assert price_of("openai", model, None) is None


def test_the_users_prices_and_file_come_first(tmp_path: Path) -> None:
    assert price_of("openai", "gpt-4o", {"input": "1", "output": 2}) == Price(input=1.0, output=2.0)
    path = tmp_path / "prices.toml"
    path.write_text('[openai]\n"gpt-4o" = { input = 7, output = 8, image = 0.5 }\n')
    assert price_of("openai", "gpt-4o", str(path)) == Price(7.0, 8.0, 0.5)
    assert price_of("openai", "gpt-4o-mini", str(path)) is None


@pytest.mark.parametrize(
    "text", ["[openai", '[openai]\n"gpt-4o" = { input = "dear" }', '[openai]\n"gpt-4o" = { in = 1 }']
)
def test_an_invalid_file_is_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "prices.toml"
    path.write_text(text)
    with pytest.raises(UsageError) as caught:
        price_of("openai", "gpt-4o", str(path))
    assert caught.value.hint
