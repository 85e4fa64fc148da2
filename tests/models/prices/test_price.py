"""What a reply costs, by hand."""

from __future__ import annotations

import pytest

from mmdt.models.prices import Details, Price, Tier


def test_cost_is_per_million_tokens_and_per_picture() -> None:
    price = Price(input=2.5, output=10.0, image=0.04)
    assert price.cost(1_000_000, 0) == pytest.approx(2.5)
    assert price.cost(2000, 300, 2) == pytest.approx(0.005 + 0.003 + 0.08)


def test_what_was_cached_has_its_own_prices() -> None:
    price = Price(4.0, 20.0, cache_read=0.4, cache_write=5.0)
    cost = price.cost(10_000, 0, details=Details(cache_read=6000, cache_write=3000))
    assert cost == pytest.approx((1000 * 4.0 + 6000 * 0.4 + 3000 * 5.0) / 1e6)
    hour = Price(4.0, 20.0, cache_write=5.0, cache_write_1h=8.0)
    assert hour.cost(2000, 0, details=Details(cache_write=1000, cache_write_1h=1000)) == pytest.approx(13000 / 1e6)


def test_without_such_prices_all_tokens_cost_the_same() -> None:
    details = Details(100, 100, 100, 100, 100)
    assert Price(2.0, 10.0).cost(1000, 500, details=details) == Price(2.0, 10.0).cost(1000, 500)


def test_pictures_among_the_tokens_have_their_own_prices() -> None:
    price = Price(2.0, 12.0, output_image=120.0, input_image=8.0)
    cost = price.cost(1000, 1500, details=Details(input_image=400, output_image=1120))
    assert cost == pytest.approx((600 * 2 + 400 * 8 + 380 * 12 + 1120 * 120) / 1e6)


def test_a_part_never_counts_for_more_than_the_whole() -> None:
    price = Price(10.0, 10.0, cache_read=1.0, output_image=100.0)
    assert price.cost(1000, 10, details=Details(cache_read=10**9, output_image=10**9)) == pytest.approx(0.002)


def test_a_long_request_costs_what_its_tier_says() -> None:
    price = Price(2.5, 15.0, tiers=(Tier(272_000, Price(5.0, 22.5)),))
    assert price.cost(272_000, 1000) == pytest.approx(0.68 + 0.015)
    assert price.cost(272_001, 1000) == pytest.approx(272_001 * 5 / 1e6 + 0.0225)


def test_many_requests_cross_a_tier_one_by_one() -> None:
    price = Price(2.5, 15.0, request=0.01, tiers=(Tier(272_000, Price(5.0, 22.5)),))
    assert price.estimate(100, 1_000_000, 0) == pytest.approx(2.5 + 1.0)


def test_a_share_of_a_price_is_a_share_of_each() -> None:
    price = Price(2.0, 4.0, 0.1, cache_read=1.0, tiers=(Tier(10, Price(8.0)),))
    assert price.times(0.5) == Price(1.0, 2.0, 0.05, cache_read=0.5, tiers=(Tier(10, Price(4.0)),))


def test_it_is_shown_with_its_source() -> None:
    assert str(Price(2.5, 10.0, source="a list")) == "$2.5 input, $10 output per million tokens (a list)"
    assert str(Price(image=0.04)) == "$0.04 per picture"
