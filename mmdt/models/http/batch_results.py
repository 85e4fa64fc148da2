"""What the providers' batch endpoints share: files of results, and what became of a request that has none."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from mmdt.core.output import FailureKind, Output

UPLOADING = 1800.0
"""Seconds that a file of a batch may be on its way."""

T = TypeVar("T")


class ResultLine(msgspec.Struct):
    custom_id: str


def key_of(line: bytes) -> str:
    """Whose result a line is; empty where it cannot be read."""
    try:
        return msgspec.json.decode(line, type=ResultLine).custom_id
    except msgspec.MsgspecError:
        return ""


async def saved(contents: Sequence[AbstractAsyncContextManager[Any]], file: Path) -> None:
    """Write streamed responses to ``file``, one after the other, whole or not at all."""
    part = file.with_suffix(".part")
    with part.open("wb") as out:
        for content in contents:
            async with content as response:
                async for chunk in response.iter_bytes():
                    out.write(chunk)
            out.write(b"\n")
    part.replace(file)


def expired(code: str, message: str) -> Output:
    """A request that was not carried out: its batch expired, which is worth another batch, or was cancelled, which
    is what somebody wanted."""
    cancelled = code in ("batch_cancelled", "canceled")
    what = f"the batch {'was cancelled' if cancelled else 'ended'} before the request's turn came ({message})"
    return Output.failed(FailureKind.EXPIRED, what, retryable=not cancelled)


def no_batches(reply: T | Output) -> T | Output:
    """A server without a batch endpoint answers "not found", which would otherwise be said of the model."""
    if isinstance(reply, Output) and reply.failure and reply.failure.kind is FailureKind.NOT_FOUND:
        message = f"this server has no batch endpoint ({reply.failure.message}): run without --batch"
        return replace(reply, failure=replace(reply.failure, message=message))
    return reply
