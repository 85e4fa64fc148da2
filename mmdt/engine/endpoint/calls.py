"""Calls into models. Whatever a model does, the result is one output per request, as the protocol promises."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from mmdt.core.image import Image
from mmdt.core.output import FailureKind, Output
from mmdt.core.protocols import Model, Request
from mmdt.errors import DataError, MmdtError
from mmdt.safe_text.redaction import redact
from mmdt.safe_text.visible import has_control, visible

LONGEST_MESSAGE = 500
LONGEST_NAME = 300
"""Characters of a finish reason or a model's name in a reply."""


async def call(model: Model, requests: Sequence[Request], timeout: float) -> Sequence[Output]:  # noqa: ASYNC109
    """One output per request, in order, whatever the model does. ``timeout``: seconds for each request.

    When a batch raises, its requests are sent one by one, so that only the requests that raise again fail.
    """
    try:
        async with asyncio.timeout(timeout * len(requests)) as limit:
            outputs = await model.generate(requests)
    except TimeoutError as error:
        if not limit.expired():
            return await _after(error, model, requests, timeout)
        message = f"no answer within {timeout * len(requests):g} seconds"
        return [Output.failed(FailureKind.TIMEOUT, message, retryable=True) for _ in requests]
    except Exception as error:
        return await _after(error, model, requests, timeout)
    if wrong := _unlike_outputs(outputs, len(requests)):
        return [Output.failed(FailureKind.BUG, f"the model returned {wrong}") for _ in requests]
    return [clean(output) for output in outputs]


def _unlike_outputs(found: Any, wanted: int) -> str:
    """What a model returned in place of ``wanted`` outputs, in words; empty if it is as it should be."""
    if not isinstance(found, Sequence):
        return f"{type(found).__name__}, expected a list of outputs"
    if len(found) != wanted or not all(isinstance(output, Output) for output in found):
        return f"{len(found)} items for {wanted} requests, or items that are not outputs"
    for output in found:
        for name in ("text", "reasoning", "reason", "finish", "model"):
            if not isinstance(getattr(output, name), str):
                return f"an output whose {name} is {type(getattr(output, name)).__name__}, expected a string"
        if not all(isinstance(image, Image) for image in output.images):
            return "an output whose images are not Image values"
    return ""


def clean(output: Output) -> Output:
    """The output without any key that the endpoint has echoed, and with the control characters shown in what is printed
    about it. The answer's own text keeps its control characters: it is data."""
    failure = output.failure
    if failure is None and _is_clean(output):
        return output
    if failure is not None:
        failure = replace(failure, message=visible(redact(failure.message)))
    return replace(
        output,
        text=redact(output.text),
        reasoning=redact(output.reasoning),
        reason=visible(redact(output.reason)),
        finish=visible(redact(output.finish))[:LONGEST_NAME],
        model=visible(redact(output.model))[:LONGEST_NAME],
        failure=failure,
    )


def _is_clean(output: Output) -> bool:
    """Whether nothing in an answer needs a change. Most do not, and copying each costs more than looking."""
    shown = f"{output.reason}\0{output.finish}\0{output.model}"
    if len(output.finish) > LONGEST_NAME or len(output.model) > LONGEST_NAME or has_control(shown.replace("\0", "")):
        return False
    everything = f"{output.text}\0{output.reasoning}\0{shown}"
    return redact(everything) is everything


async def _after(
    error: Exception,
    model: Model,
    requests: Sequence[Request],
    timeout: float,  # noqa: ASYNC109
) -> list[Output]:
    if len(requests) > 1:
        return [output for request in requests for output in await call(model, (request,), timeout)]
    return [_failed(error)]


def _failed(error: Exception) -> Output:
    if isinstance(error, DataError):
        return Output.failed(FailureKind.CASE, str(error))
    if isinstance(error, MmdtError):  # a missing library or a wrong setting: every request would fail
        return Output.failed(FailureKind.BUG, str(error), fatal=True)
    return Output.failed(FailureKind.BUG, describe(error))


def describe(error: Exception) -> str:
    """The type and message of an error, on one line."""
    return visible(redact(f"{type(error).__name__}: {' '.join(str(error).split())}"))[:LONGEST_MESSAGE]
