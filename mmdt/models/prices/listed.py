"""List prices in the package genai-prices. Its data is part of the package, so nothing is asked at run time; a newer
list is a newer version of the package (``pip install --upgrade genai-prices``)."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from mmdt.models.http.urls import is_local
from mmdt.models.prices.price import Price, Tier

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider

PROVIDERS = {
    "bedrock": "aws",
    "grok": "x-ai",
    "xai": "x-ai",
    "azureai": "azure",
    "openai-api": "",
    "vertex": "google",
    "moonshot": "moonshotai",
}
"""Names of runtimes and of inspect_ai's providers that the list calls something else."""
_OWN_SERVERS = frozenset({"modal", "databricks", "cursor", "github-copilot", "openai-decisions", "typesafe"})
"""Providers in the list whose hosts also serve what a user has deployed there, or that are no API of models."""
_RATES = {
    "input": "input_mtok",
    "output": "output_mtok",
    "cache_read": "cache_read_mtok",
    "cache_write": "cache_write_mtok",
    "cache_write_1h": "cache_write_1h_mtok",
    "input_image": "input_image_mtok",
    "output_image": "output_image_mtok",
}
_PREFIXES = ("models/", "publishers/google/models/")


@lru_cache(maxsize=64)
def provider_at(url: str) -> str:
    """The provider in the list whose API is at this address; empty for any other server."""
    if is_local(url):
        return ""  # without reading the list
    found = (each for each in _providers().values() if each.id not in _OWN_SERVERS)
    return next((each.id for each in found if re.match(each.api_pattern, url)), "")


def listed_price(provider: str, model: str, at: dt.datetime, context: tuple[tuple[str, str], ...] = ()) -> Price | None:
    """The list price of a model at a time (UTC); None if the list does not have it in US dollars per token.

    ``context``: how the request was served, such as ``(("processing", "batch"),)``.
    """
    return _at(PROVIDERS.get(provider, provider), model, at.replace(second=0, microsecond=0), context)


def has_variant(provider: str, model: str, at: dt.datetime, context: tuple[tuple[str, str], ...]) -> bool:
    """Whether the list has prices of their own for requests that are served in this way."""
    found = _find(PROVIDERS.get(provider, provider), model)
    wanted = dict(context)
    variants = (found.price_variants if found else None) or ()
    return any(
        each.when.items() <= wanted.items() and (each.constraint is None or each.constraint.active(at))
        for each in variants
    )


@cache
def list_version() -> str:
    """The name, version and date of the list: of its newest entry that is in force."""
    return f"genai-prices {version('genai-prices')}, newest entry of {_newest()}"


def listed_models(provider: str) -> tuple[str, ...]:
    """The names of a provider's models in the list; empty where the list does not have the provider."""
    found = _providers().get(PROVIDERS.get(provider, provider))
    return tuple(model.id for model in found.models) if found else ()


@lru_cache(maxsize=1024)
def _at(provider: str, model: str, at: dt.datetime, context: tuple[tuple[str, str], ...]) -> Price | None:
    found = _find(provider, model)
    if found is None:
        return None
    rates = found.get_prices(at, dict(context) or None)
    known = {name for name, value in vars(rates).items() if value is not None}
    # Nothing at all means free of charge. A price per second, page or character alone is not one for our requests.
    if known and not known & {"input_mtok", "output_mtok", "requests_kcount"}:
        return None
    return _converted(rates, _since(found, at))


def _find(provider: str, model: str) -> ModelInfo | None:
    if not provider or not model:
        return None
    listed = _providers().get(provider)
    if listed is None:
        return None
    for prefix in _PREFIXES:
        model = model.removeprefix(prefix)
    return listed.find_model(model, all_providers=list(_providers().values()))


@cache
def _providers() -> dict[str, Provider]:
    from genai_prices.data import providers

    return {each.id: each for each in providers}


def _converted(rates: ModelPrice, since: dt.date | None) -> Price:
    starts = sorted({tier.start for name in _RATES.values() for tier in getattr(getattr(rates, name), "tiers", ())})
    tiers = tuple(Tier(start, Price(**_figures(rates, start + 1))) for start in starts)
    request = float(rates.requests_kcount or 0) / 1000  # type: ignore[arg-type]  # never in tiers
    return Price(**_figures(rates, 0), request=request, tiers=tiers, valid_from=since, source=list_version())


def _figures(rates: ModelPrice, input_tokens: int) -> dict[str, Any]:
    found = {name: _rate(getattr(rates, key), input_tokens) for name, key in _RATES.items()}
    return {name: rate for name, rate in found.items() if rate is not None}


def _rate(rate: Any, input_tokens: int) -> float | None:
    if rate is None:
        return None
    for tier in reversed(getattr(rate, "tiers", ())):
        if input_tokens > tier.start:
            return float(tier.price)
    return float(getattr(rate, "base", rate))


def _since(model: ModelInfo, at: dt.datetime) -> dt.date | None:
    """Since when the price in force holds, if the list says so."""
    return max((each for each in _starts([model]) if each <= at.date()), default=None)


def _newest() -> dt.date:
    today = dt.datetime.now(dt.UTC).date()
    models = (model for provider in _providers().values() for model in provider.models)
    return max(each for each in _starts(models) if each <= today)


def _starts(models: Iterable[ModelInfo]) -> Iterable[dt.date]:
    for model in models:
        for each in model.prices if isinstance(model.prices, list) else ():
            start = getattr(each.constraint, "start_date", None)
            if start is not None:
                yield start
