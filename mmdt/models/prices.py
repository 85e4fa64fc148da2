"""What a request costs: prices from the packaged list, a file of the user's, or figures in the settings."""

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

BATCH_SHARE = 0.5
"""What a request in a batch costs of the list price, at OpenAI and Anthropic alike."""
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
    """A model whose replies cost money that may or may not be known; local ones cost none."""

    @property
    def priced(self) -> bool: ...


def check_budget(models: Iterable[Any], max_cost: float | None) -> None:
    """Raises UsageError for a budget in money with a model of unknown price: it would stop at the first answer."""
    for model in models:
        if max_cost is not None and isinstance(model, Priced) and not model.priced:
            raise UsageError(
                f"no price is known for {model.info.name}, so max_cost cannot be kept",  # type: ignore[attr-defined]
                hint='give its prices: --set (for a judge --judge-set) prices=\'{"input": 2.5, "output": 10}\', or a '
                "budget in requests",
            )


def price_of(provider: str, model: str, given: Mapping[str, Any] | str | None) -> Price | None:
    """The price of a model; None where it is not known.

    ``given``: figures (``{"input": 2.5, "output": 10}``), the path of a TOML file like the packaged one, or None
    for the packaged one. A dated snapshot (``gpt-4o-2024-11-20``) has its model's price unless it is listed itself.
    Raises UsageError on a file or figures that cannot be read.
    """
    if isinstance(given, Mapping):
        return _figures(given, "the setting prices")
    table = _read(given) if given else _packaged()
    listed = table.get(provider, {})
    found = listed.get(model, listed.get(_SNAPSHOT.sub("", model)))
    return None if found is None else _figures(found, f"prices of {provider}/{model}")


def prices_date() -> str:
    """The day the packaged list was compiled."""
    return str(_packaged()["date"])


@cache
def _packaged() -> dict[str, Any]:
    return tomllib.loads(files("mmdt.models").joinpath("prices.toml").read_text("utf-8"))


def _read(path: str) -> dict[str, Any]:
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, ValueError) as error:
        hint = "give a TOML file with a table per provider, or figures such as {input = 2.5, output = 10}"
        raise UsageError(f"the prices cannot be read: {error}", where=path, hint=hint) from error


def _figures(given: Any, where: str) -> Price:
    try:
        return msgspec.convert(given, Price, strict=False)
    except msgspec.ValidationError as error:
        hint = "give input, output and image as numbers"
        raise UsageError(f"a price is wrong: {error}", where=where, hint=hint) from error
