"""Calls into models. Whatever a model does, the result is one output per request, as the protocol promises."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

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
    if len(outputs) != len(requests) or not all(isinstance(output, Output) for output in outputs):
        what = f"the model returned {len(outputs)} items for {len(requests)} requests, or items that are not outputs"
        return [Output.failed(FailureKind.BUG, what) for _ in requests]
    return [clean(output) for output in outputs]


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
