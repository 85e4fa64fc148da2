"""A user's own prices come before all others."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from mmdt.errors import UsageError
from mmdt.models.prices import Price, price_of, prices_date, tariff_at

NOON = dt.datetime(2026, 11, 28, 12, tzinfo=dt.UTC)


def rates(price: Price | None) -> tuple[float, ...] | None:
    return price and (price.input, price.output, price.image)


def written(folder: Path, text: str) -> str:
    path = folder / "prices.toml"
    path.write_text(text)
    return str(path)


def test_the_kept_prices_are_dated() -> None:
    assert dt.date.fromisoformat(prices_date()) <= dt.date.today()


def test_the_users_prices_and_file_come_first(tmp_path: Path) -> None:
    assert rates(price_of("openai", "gpt-4o", {"input": "1", "output": 2})) == (1.0, 2.0, 0.0)
    path = written(tmp_path, '[openai]\n"gpt-4o" = { input = 7, output = 8, image = 0.5 }\n')
    assert rates(price_of("openai", "gpt-4o", path)) == (7.0, 8.0, 0.5)
    assert rates(price_of("openai", "gpt-4o-2024-11-20", path)) == (7.0, 8.0, 0.5)
    assert price_of("openai", "gpt-4o-mini", path) is None


def test_they_hold_for_whatever_model_answers() -> None:
    found = tariff_at("https://api.openai.com/v1", True, "openai", "gpt-4o", {"input": 1, "output": 2})
    assert rates(found.price("gpt-5.4-2026-03-05")) == (1.0, 2.0, 0.0)


def test_a_price_has_its_period(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        '[openai]\n"m" = [{ input = 1, valid_until = 2026-11-30 }, { input = 3, valid_from = 2026-12-01 }]\n',
    )
    december = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
    assert rates(price_of("openai", "m", path, NOON)) == (1.0, 0.0, 0.0)
    assert rates(price_of("openai", "m", path, december)) == (3.0, 0.0, 0.0)
    before = written(tmp_path, '[openai]\n"m" = { input = 3, valid_from = 2026-12-01 }\n')
    assert price_of("openai", "m", before, NOON) is None


@pytest.mark.parametrize(
    "text",
    [
        "[openai",
        '[openai]\n"gpt-4o" = { input = "dear" }',
        '[openai]\n"gpt-4o" = { in = 1 }',
        '[openai]\n"gpt-4o" = { input = -1 }',
        '[openai]\n"gpt-4o" = { input = nan }',
        '[openai]\n"gpt-4o" = 3',
        "openai = 3",
    ],
)
def test_an_invalid_file_is_named(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        price_of("openai", "gpt-4o", written(tmp_path, text))
    assert caught.value.hint
    assert "prices.toml" in str(caught.value.where)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        price_of("openai", "gpt-4o", str(tmp_path / "none.toml"))
