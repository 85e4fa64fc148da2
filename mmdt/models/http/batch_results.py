"""Code shared by the providers' batch APIs: result files, and outputs of requests without a result."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mmdt.core.output import FailureKind, Output
from mmdt.disk.private import open_private
from mmdt.disk.whole import whole
from mmdt.spelling import option

UPLOADING = 1800.0
"""Seconds that the transfer of a batch file may take."""

T = TypeVar("T")


class ResultLine(msgspec.Struct):
    custom_id: str


def key_of(line: bytes) -> str:
    """The key of the request that a line answers; empty if the line cannot be read."""
    try:
        return msgspec.json.decode(line, type=ResultLine).custom_id
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""


async def saved(contents: Sequence[AbstractAsyncContextManager[Any]], file: Path) -> None:
    """Write streamed responses to ``file``, one after the other, completely or not at all."""
    with whole(file) as part, open_private(part) as out:
        for content in contents:
            async with content as response:
                async for chunk in response.iter_bytes():
                    out.write(chunk)
            out.write(b"\n")


def expired(code: str, message: str) -> Output:
    """The output of a request that was not processed because its batch expired (retryable) or was cancelled (not
    retryable, since somebody wanted that)."""
    cancelled = code in ("batch_cancelled", "canceled")
    what = f"the batch {'was cancelled' if cancelled else 'ended'} before the request was processed ({message})"
    return Output.failed(FailureKind.EXPIRED, what, retryable=not cancelled)


def no_batches(reply: T | Output) -> T | Output:
    """Replace the message of a "not found" reply: it means that the server has no batch endpoint, not that the model
    does not exist."""
    if isinstance(reply, Output) and reply.failure and reply.failure.kind is FailureKind.NOT_FOUND:
        message = f"this server has no batch endpoint ({reply.failure.message}): run without {option('batch')}"
        return replace(reply, failure=replace(reply.failure, message=message))
    return reply
