"""The cost of requests. Prices come from the packaged list, a file of the user or the settings."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import msgspec

from mmdt.errors import UsageError
from mmdt.spelling import option

BATCH_SHARE = 0.5
"""Price of a request in a batch as a share of the list price, both at OpenAI and at Anthropic."""
_SNAPSHOT = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


class Price(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """US dollars: ``input`` and ``output`` per million tokens, ``image`` per generated picture."""

    input: float = 0.0
    output: float = 0.0
    image: float = 0.0

    def cost(self, input_tokens: int, output_tokens: int, images: int = 0) -> float:
        return (self.input * input_tokens + self.output * output_tokens) / 1e6 + self.image * images

    def times(self, share: float) -> Price:
        return Price(self.input * share, self.output * share, self.image * share)


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
            example = option("model_settings", _EXAMPLE)
            raise UsageError(
                f"the price of {model.info.name} is unknown, so {option('max_cost')} cannot be enforced",  # type: ignore[attr-defined]
                hint=f"set its prices with {example} (for a judge {option('judge_settings')}), "
                f"or set a budget in requests with {option('max_requests')}",
            )


def price_of(provider: str, model: str, given: Mapping[str, Any] | str | None) -> Price | None:
    """The price of a model; None if it is unknown.

    ``given``: prices (``{"input": 2.5, "output": 10}``), the path of a TOML file like the packaged one, or None for the
    packaged one. A dated snapshot (``gpt-4o-2024-11-20``) has the price of its model unless it is listed itself.
    Raises UsageError if the file or the prices are invalid.
    """
    if isinstance(given, Mapping):
        return _price(given, "the setting prices")
    table = _read(given) if given else _packaged()
    listed = table.get(provider, {})
    found = listed.get(model, listed.get(_SNAPSHOT.sub("", model)))
    return None if found is None else _price(found, f"prices of {provider}/{model}")


def listed_models() -> dict[str, tuple[str, ...]]:
    """The models of the packaged list, by provider."""
    return {name: tuple(models) for name, models in _packaged().items() if isinstance(models, dict)}


def prices_date() -> str:
    """The date of the packaged list."""
    return str(_packaged()["date"])


@cache
def _packaged() -> dict[str, Any]:
    return tomllib.loads(files("mmdt.models").joinpath("prices.toml").read_text("utf-8"))


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        hint = "use a TOML file with one table per provider, or prices such as {input = 2.5, output = 10}"
        raise UsageError(f"the prices cannot be read: {error}", where=path, hint=hint) from error


def _price(given: Any, where: str) -> Price:
    try:
        return msgspec.convert(given, Price, strict=False)
    except msgspec.ValidationError as error:
        hint = "input, output and image must be numbers"
        raise UsageError(f"invalid price: {error}", where=where, hint=hint) from error
