"""Tariff: what the replies of one model cost, whichever version of it answers and whenever."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, Protocol, runtime_checkable

from mmdt.errors import UsageError
from mmdt.models.prices.listed import PROVIDERS, has_variant, list_version, listed_price, provider_at
from mmdt.models.prices.own import given_price, kept_price, users_price
from mmdt.models.prices.price import Price
from mmdt.spelling import option

BATCH_SHARE = 0.5
"""Price of a request in a batch as a share of the list price, where the list has no prices for batches."""
REPORTED = "reported"
"""The setting ``prices`` of a server whose replies say what they cost."""
_BATCH = ("processing", "batch")


@dataclass(frozen=True, slots=True)
class Tariff:
    """The prices of one model.

    ``provider``: whose list prices hold; empty for a server that sets its own, or where ``url``, the address of the
    server, says whose. ``model``: the name that is asked.
    ``given``: the user's own, as figures or as the path of a TOML file, or "reported"; they come before all others.
    ``batch``: requests go in batches. ``names_itself``: the name that is asked is the user's own choice (a deployment),
    and only a reply says which model is behind it.
    """

    provider: str
    model: str
    given: Mapping[str, Any] | str | None = None
    batch: bool = False
    names_itself: bool = False
    url: str = ""

    @property
    def known(self) -> bool:
        """Whether the cost of replies will be known, so that a budget in money can be kept."""
        return self.names_itself or self.given == REPORTED or self.price() is not None

    def price(self, answered: Any = "", tier: Any = "", at: dt.datetime | None = None) -> Price | None:
        """The price of a reply; None if it is unknown.

        ``answered``: the model that the reply names; the one that was asked is used where the list does not have it.
        ``tier``: the service tier that the reply names. ``at``: when; now by default. Raises UsageError if the user's
        prices cannot be used.
        """
        now = at or dt.datetime.now(dt.UTC)
        names = [name for name in (answered, self.model) if isinstance(name, str) and name]
        for name in dict.fromkeys(names):
            found = self._named(name, tier if isinstance(tier, str) else "", now)
            if found is not None:
                return found
        return None

    def batches(self) -> Tariff:
        """The tariff of the same model in batches."""
        return replace(self, batch=True)

    def __str__(self) -> str:
        if self.given == REPORTED:
            return "what each reply says that it cost"
        if self.names_itself:
            return f"the list price of the model that each reply names ({list_version()})"
        price = self.price()
        return "unknown" if price is None else str(price)

    def _named(self, name: str, tier: str, now: dt.datetime) -> Price | None:
        if self.given == REPORTED:
            return None
        if not self.given:
            return self._listed(name, tier, now)
        if isinstance(self.given, str):
            found = users_price(self.given, self.whose, name, now.date())
        else:
            found = given_price(self.given, "the setting prices")
        return found.times(BATCH_SHARE) if found and self.batch else found

    @property
    def whose(self) -> str:
        """Whose list prices hold. The list is only read when a price is asked for: that takes a tenth of a second."""
        return self.provider or (provider_at(self.url) if self.url else "")

    def _listed(self, name: str, tier: str, now: dt.datetime) -> Price | None:
        provider = self.whose
        kept = kept_price(PROVIDERS.get(provider, provider), name, now.date())
        if kept is not None:
            return kept.times(BATCH_SHARE) if self.batch else kept
        context = (_BATCH,) if self.batch else (("service_tier", tier),) if tier else ()
        found = listed_price(provider, name, now, context)
        if found and self.batch and not has_variant(provider, name, now, context):
            return found.times(BATCH_SHARE)
        return found


def tariff_at(url: str, own: bool, provider: str, model: str, given: Mapping[str, Any] | str | None) -> Tariff:
    """The tariff of a model at an address. ``own``: it is the address of ``provider`` itself.

    At any other address the list prices of the provider there hold, if it is a known one. The user's prices hold
    everywhere. Raises UsageError if they cannot be used.
    """
    if not given:
        return Tariff(provider, model) if own else Tariff("", model, url=url)
    found = Tariff(provider, model, given)
    found.price()  # the user's prices are read now, so that a mistake is reported before anything is sent
    return found


def price_of(
    provider: str, model: str, given: Mapping[str, Any] | str | None, at: dt.datetime | None = None
) -> Price | None:
    """The price of a model; None if it is unknown.

    ``given``: prices (``{"input": 2.5, "output": 10}``), the path of a TOML file, or None for the list. Raises
    UsageError if the file or the prices are invalid.
    """
    return Tariff(provider, model, given).price(at=at)


@runtime_checkable
class Priced(Protocol):
    """A model whose replies cost money. ``priced``: whether the price is known. Local models do not implement this."""

    @property
    def priced(self) -> bool: ...


_EXAMPLE = {"prices": {"input": 2.5, "output": 10}}


def check_budget(models: Iterable[Any], max_cost: float | None) -> None:
    """Raises UsageError for a budget in money if a price is unknown: the run would stop at the first answer."""
    for model in models:
        if max_cost is not None and isinstance(model, Priced) and not model.priced:
            example, reported = option("model_settings", _EXAMPLE), option("model_settings", {"prices": REPORTED})
            raise UsageError(
                f"the price of {model.info.name} is unknown, so {option('max_cost')} cannot be enforced",  # type: ignore[attr-defined]
                hint=f"set its prices with {example} (for a judge {option('judge_settings')}), or {reported} if its"
                f" replies say what they cost, or set a budget in requests with {option('max_requests')}",
            )
