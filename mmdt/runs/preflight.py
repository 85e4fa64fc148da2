"""One cheap request to each endpoint before any data is loaded: a wrong key or name costs no time and leaves nothing.

Most endpoints list their models for nothing. Where no list has the model, it is asked for a word, since some servers
answer to names that they do not list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from mmdt.core.output import FailureKind, Usage
from mmdt.core.protocols import Model, Request
from mmdt.engine.endpoint.request_sender import RequestSender
from mmdt.errors import EndpointError, MmdtError
from mmdt.models.check import Checkable, Finding
from mmdt.models.prices import Priced
from mmdt.plugins import open_model
from mmdt.spelling import verb

SECONDS = 20.0
"""An endpoint that has not answered by then may still be starting: the run finds out."""
DECISIVE = (FailureKind.AUTH, FailureKind.NETWORK, FailureKind.NOT_FOUND)
"""Failures that no later request can be spared; a busy server is asked again in the run."""
WORD = "Reply with the word OK."


async def preflight(senders: Mapping[str, tuple[RequestSender, Mapping[str, Any]]]) -> dict[str, Usage]:
    """Check the endpoint of each model, all at once. ``senders``: by the model's name, with its settings.

    Returns what was used, by model, of those that were asked for a word. Raises EndpointError for the first one that
    cannot answer anything.
    """
    names = [name for name, (sender, _) in senders.items() if _is_remote(sender.model)]
    found = await asyncio.gather(*(_look(name, senders[name][1]) for name in names), return_exceptions=True)
    failed = [each for each in found if isinstance(each, BaseException)]
    if failed:
        raise failed[0]
    return {name: used for name, used in zip(names, found, strict=True) if isinstance(used, Usage)}


def _is_remote(model: Model) -> bool:
    return isinstance(model, Checkable) and isinstance(model, Priced)


async def _look(name: str, settings: Mapping[str, Any]) -> Usage | None:
    """What a word from the model used; None where it was not asked."""
    model = open_model(name, settings)  # a second one: its connections belong to this event loop
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(SECONDS):
                return await _findings(name, model)
        return None
    finally:
        await model.close()


async def _findings(name: str, model: Model) -> Usage | None:
    assert isinstance(model, Checkable)  # noqa: S101 - as _is_remote found
    findings = await _checked(model)
    problem = next((each for each in findings if each.level == "problem"), None)
    if problem is not None and problem.failure in (None, *DECISIVE):
        raise EndpointError(f"{name} cannot be asked: {problem.what}", hint=problem.hint or _see(name))
    unlisted = next((each for each in findings if each.unlisted), None)
    return None if unlisted is None else await _word(name, model, unlisted)


async def _checked(model: Checkable) -> list[Finding]:
    """The findings; an endpoint that cannot be reached is given a second chance."""
    try:
        findings = await model.check()
        if any(each.failure is FailureKind.NETWORK for each in findings):
            await asyncio.sleep(0.5)
            findings = await model.check()
    except MmdtError as error:
        raise EndpointError(error.what, where=error.where, hint=error.hint) from error
    return findings


async def _word(name: str, model: Model, unlisted: Finding) -> Usage | None:
    """Ask for a word. Raises EndpointError where the endpoint does not know the model."""
    if not model.info.modalities & {"i2t", "t2t"}:
        return None  # a picture is no cheap request
    (output,) = await model.generate([Request.of(WORD)])
    failure = output.failure
    if failure is not None and failure.fatal and failure.kind in DECISIVE:
        hint = unlisted.hint or _see(name)
        raise EndpointError(f"{name} cannot be asked: {failure.message}", hint=hint)
    return output.usage


def _see(name: str) -> str:
    return f"{verb('doctor', name)} checks it"
