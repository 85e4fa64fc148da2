"""Prices in TOML: the few that mmdt keeps beside the list, and a user's own file of the same form."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec

from mmdt.errors import UsageError
from mmdt.models.prices.price import Price

_SNAPSHOT = re.compile(r"[-@](\d{4}-\d{2}-\d{2}|\d{8}|latest)$")


def kept_price(provider: str, model: str, day: dt.date) -> Price | None:
    """A price that mmdt keeps itself, since the list does not have the model; None if there is none that day."""
    return _entry(_packaged().get(provider, {}), model, day, f"prices of {provider}/{model}", f"mmdt, {prices_date()}")


def users_price(path: str, provider: str, model: str, day: dt.date) -> Price | None:
    """The price in a user's file; None if it has none that day. Raises UsageError for a file that cannot be used."""
    table = _read(path, _changed(path)).get(provider, {})
    if not isinstance(table, Mapping):
        raise UsageError(f"{provider} must be a table of models", where=path, hint=_FORM)
    found = _entry(table, model, day, path, path)
    return None if found is None else msgspec.structs.replace(found, fixed=True)


def given_price(figures: Any, where: str) -> Price:
    """The price in a setting. Raises UsageError if it is none."""
    return msgspec.structs.replace(_price(figures, where, "your settings"), fixed=True)


def prices_date() -> str:
    """The date on which the prices that mmdt keeps itself were looked up."""
    return str(_packaged()["date"])


@cache
def _packaged() -> dict[str, Any]:
    return tomllib.loads(files("mmdt.models.prices").joinpath("kept.toml").read_text("utf-8"))


_FORM = 'use one table per provider, with lines such as "gpt-5.4" = { input = 2.5, output = 15 }'


def _changed(path: str) -> int:
    """When the file was last changed; 0 if there is none, which reading it reports."""
    try:
        return Path(path).stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _read(path: str, changed: int) -> dict[str, Any]:
    """``changed``: a file is read again when it changes, not for every reply."""
    try:
        return tomllib.loads(Path(path).read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        hint = f"give a TOML file ({_FORM}), or prices such as {{input = 2.5, output = 10}}"
        raise UsageError(f"the prices cannot be read: {error}", where=path, hint=hint) from error


def _entry(table: Mapping[str, Any], model: str, day: dt.date, where: str, source: str) -> Price | None:
    """The entry that holds on that day. A model may have several, each with its period."""
    found = table.get(model, table.get(_SNAPSHOT.sub("", model)))
    if found is None:
        return None
    entries = found if isinstance(found, list) else [found]
    prices = [_price(each, where, source) for each in entries]
    return next((each for each in prices if each.holds(day)), None)


def _price(given: Any, where: str, source: str) -> Price:
    try:
        found = msgspec.convert(given, Price, strict=False)
        rates = (value for value in msgspec.structs.astuple(found) if isinstance(value, float))
        if any(not 0 <= rate < float("inf") for rate in rates):
            raise msgspec.ValidationError("a price is negative or not a number")
    except msgspec.ValidationError as error:
        names = "input, output, image, cache_read, cache_write, input_image, output_image and request"
        raise UsageError(f"invalid price: {error}", where=where, hint=f"{names} must be numbers") from error
    return found if found.source else msgspec.structs.replace(found, source=source)
