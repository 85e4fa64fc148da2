"""Whether a model can be asked at all: key, endpoint, name; for ``mmdt doctor``, before a run spends anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Literal, Protocol, runtime_checkable

from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Model
from mmdt.errors import MmdtError
from mmdt.models.prices import prices_date
from mmdt.plugins import open_model

Level = Literal["ok", "warning", "problem"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at: what was found, and the hint where something is wrong."""

    level: Level
    what: str
    hint: str = ""


@runtime_checkable
class Checkable(Protocol):
    """A runtime that can look at its endpoint without generating anything."""

    async def check(self) -> list[Finding]: ...


async def check_endpoint(model_name: str, settings: Mapping[str, Any]) -> list[Finding]:
    """What stands between the user and this model; nothing is generated, so nothing is paid for.

    Looks at the settings, the extra, the key, the endpoint and the list of models, as far as the runtime can.
    Never raises for what it finds.
    """
    try:
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


def key_finding(key_name: str, present: bool, needed: bool) -> Finding:
    """Whether the key is in the environment; never the key itself."""
    if present:
        return Finding("ok", f"a key is in {key_name}")
    if needed:
        return Finding("problem", f"no key in {key_name}", f"export {key_name}=..., or name another with api_key_env")
    return Finding("ok", f"no key in {key_name}; this endpoint may need none")


def endpoint_findings(url: str, model: str, listed: list[str] | Output | None) -> list[Finding]:
    """What the endpoint's list of models says: ``listed``, the Output that came instead, None: no matter."""
    if isinstance(listed, Output):
        return [_unlisted(url, listed)]
    reached = Finding("ok", f"{url} answers")
    if listed is None:
        return [reached]
    if model in listed:
        return [reached, Finding("ok", f"{model} is one of its {len(listed)} models")]
    near = ", ".join(get_close_matches(model, listed, n=3, cutoff=0.4) or sorted(listed)[:3]) or "nothing"
    hint = f"check the name (it lists: {near}); some servers take names they do not list"
    return [reached, Finding("warning", f"{model} is not in the list of models", hint)]


def _unlisted(url: str, output: Output) -> Finding:
    failure = output.failure
    if failure is None:
        return Finding("warning", f"{url} lists no models")
    if failure.kind in (FailureKind.NOT_FOUND, FailureKind.BAD_REPLY, FailureKind.BAD_REQUEST):
        # Some servers have no such list; whether they answer questions only a question can tell.
        return Finding("warning", f"{url} does not list its models", "check the base URL if the first answers fail")
    if failure.kind is FailureKind.AUTH:  # what, then the hint
        what, _, hint = failure.message.rpartition(": ")
        return Finding("problem", what, hint)
    return Finding("problem", failure.message, "check the network and the base URL")


def price_finding(known: bool) -> Finding:
    """Without a price the run has no cost, and cannot have a budget in money."""
    if known:
        return Finding("ok", f"its price is known (list of {prices_date()} or your own)")
    hint = "give the setting prices, for example {input = 2.5, output = 10}, if you want costs and --max-cost"
    return Finding("warning", "its price is not known, so the cost is not counted", hint)
