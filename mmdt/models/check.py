"""Checks a model's key, endpoint and name for ``mmdt doctor``, before a run spends anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, Protocol, runtime_checkable

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Model
from mmdt.errors import MmdtError
from mmdt.models.names import check_runtime
from mmdt.models.prices import Tariff
from mmdt.plugins import ENDPOINT, open_model
from mmdt.spelling import option

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check, with a hint if something is wrong. ``failure``: the kind of a request's failure.
    ``unlisted``: no list says that the endpoint has the model, so only a request can tell."""

    level: Level
    what: str
    hint: str = ""
    failure: FailureKind | None = None
    unlisted: bool = False


@runtime_checkable
class Checkable(Protocol):
    """A runtime that can check its endpoint without generating anything."""

    async def check(self) -> list[Finding]: ...


async def check_endpoint(model_name: str, settings: Mapping[str, Any]) -> list[Finding]:
    """Check whether this model can be used. Nothing is generated, so it costs nothing; only a deployment on Azure,
    which no list shows, is asked one word.

    Checks the settings, the installed libraries, the key, the endpoint and the list of models, as far as the runtime
    supports it. Problems are returned, never raised.
    """
    try:
        check_runtime(model_name, (model_name.partition("/")[0],) if ENDPOINT in settings else ())
        model: Model = open_model(model_name, settings)
    except MmdtError as error:
        return [_of(error)]
    try:
        if isinstance(model, Checkable):
            return await model.check()
        return [Finding("ok", f"{model_name} can be opened")]
    except MmdtError as error:
        return [_of(error)]
    finally:
        await model.close()


def _of(error: MmdtError) -> Finding:
    return Finding("problem", f"{error.what} ({error.where})" if error.where else error.what, error.hint)


def key_finding(key_name: str, present: bool, needed: bool, withheld: bool = False) -> Finding:
    """Whether the key is in the environment. Never contains the key. ``withheld``: it is not for this host."""
    if withheld:
        what = f"no key is sent to this host: the one in {key_name} is for its provider's own hosts"
        return Finding("ok", f"{what} ({option('api_key_env')} names one to send)")
    if present:
        return Finding("ok", f"found a key in {key_name}")
    if needed:
        hint = f"export {key_name}=..., or name another variable with {option('api_key_env')}"
        return Finding("problem", f"no key in {key_name}", hint)
    return Finding("ok", f"no key in {key_name}; this endpoint may not need one")


def endpoint_findings(url: str, model: str, listed: list[str] | Output | None) -> list[Finding]:
    """Findings about the endpoint and the model's name. ``listed``: the models that the endpoint lists, or the Output
    of the failed request; None: the list does not matter."""
    if isinstance(listed, Output):
        return [_unlisted(url, listed)]
    reached = Finding("ok", f"{url} answers")
    if listed is None:
        return [reached]
    if model in listed:
        return [reached, Finding("ok", f"{model} is one of its {len(listed)} models")]
    near = ", ".join(get_close_matches(model, listed, n=3, cutoff=0.4) or sorted(listed)[:3]) or "nothing"
    hint = f"check the name (it lists: {near}); some servers accept names that they do not list"
    what = f"{model} is not in the list of models at {url}"
    return [reached, Finding("warning", what, hint, unlisted=True)]


def _unlisted(url: str, output: Output) -> Finding:
    failure = output.failure
    if failure is None:
        return Finding("warning", f"{url} lists no models", unlisted=True)
    if failure.kind in (FailureKind.NOT_FOUND, FailureKind.BAD_REPLY, FailureKind.BAD_REQUEST):
        # Some servers have no such list, and only a real request shows whether they work.
        what, hint = f"{url} does not list its models", "check the base URL if the first answers fail"
        return Finding("warning", what, hint, unlisted=True)
    if failure.kind is FailureKind.AUTH:  # the message ends with its hint
        what, _, hint = failure.message.rpartition(": ")
        return Finding("problem", what, hint, failure.kind)
    return Finding("problem", failure.message, "check the network and the base URL", failure.kind)


def price_finding(tariff: Tariff) -> Finding:
    """What it costs, and who says so. Without a price a run has no cost and cannot have a budget in money."""
    if tariff.known:
        return Finding("ok", f"its price: {tariff}")
    example = option("model_settings", {"prices": {"input": 2.5, "output": 10}})
    hint = f"to get costs and use {option('max_cost')}, add its prices, for example {example}"
    return Finding("warning", "its price is unknown, so costs are not counted", hint)
