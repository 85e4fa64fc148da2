"""OpenAI's batch endpoint: a file of requests is uploaded, and within a day two files hold answers and errors."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.batch_api import BatchState
from mmdt.core.output import Failure, FailureKind, Output
from mmdt.core.protocols import Request
from mmdt.models.http.batch_results import UPLOADING, expired, key_of, no_batches, saved
from mmdt.models.http.client import decode
from mmdt.models.http.failures import redact
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.forms import Form
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import BATCH_SHARE, Price

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PATH = "/batches"
MOST_REQUESTS = 50_000
MOST_PICTURES = 200
"""Requests for pictures in one batch: their answers come in one file, some megabytes each."""
MOST_BYTES = 64 * 1024 * 1024
"""The provider takes 200 MB; the SDK holds a file in memory while it is sent."""
_LATER = frozenset({"token_limit_exceeded", "rate_limit_exceeded"})
"""Why a batch as a whole is turned away now and may be taken later: too much is waiting already."""


class Fault(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    line: int | None = None


class Faults(msgspec.Struct):
    data: list[Fault] | None = None


class Counts(msgspec.Struct):
    total: int = 0
    completed: int = 0
    failed: int = 0


class Batch(msgspec.Struct):
    id: str
    status: str
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: Faults | None = None
    request_counts: Counts | None = None
    metadata: dict[str, Any] | None = None


class Listing(msgspec.Struct):
    data: list[Batch]


class Reply(msgspec.Struct):
    status_code: int
    body: msgspec.Raw = msgspec.Raw(b"null")


class Line(msgspec.Struct):
    response: Reply | None = None
    error: Fault | None = None


class OpenAIBatches:
    """The batch endpoint for one model and one form of request."""

    most_bytes = MOST_BYTES

    def __init__(
        self, client: OpenAIClient, model: str, settings: OpenAISettings, form: Form, price: Price | None, most: int
    ) -> None:
        self.most_requests = most
        self._client = client
        self._model = model
        self._settings = settings
        self._form = form
        self._price = price.times(BATCH_SHARE) if price else None

    def line(self, key: str, request: Request) -> bytes:
        body = self._form.body(self._model, request, self._settings, self._client.dialect)
        line = {"custom_id": key, "method": "POST", "url": f"/v1{self._form.path}", "body": body}
        return msgspec.json.encode(line)

    async def submit(self, file: Path, count: int, mark: str) -> str | Output:
        async def send(sdk: AsyncOpenAI) -> str:
            uploaded = await sdk.files.create(file=file, purpose="batch")
            batch = await sdk.batches.create(
                input_file_id=uploaded.id,
                endpoint=f"/v1{self._form.path}",  # type: ignore[arg-type]  # one of those that are listed there
                completion_window="24h",
                metadata={"mmdt": mark},
            )
            return batch.id

        return no_batches(await self._client.call(send, timeout=UPLOADING))

    async def find(self, mark: str, count: int, since: float) -> str | Output:
        found = no_batches(await self._client.get(f"{PATH}?limit=100", Listing))
        if isinstance(found, Output):
            return found
        return next((each.id for each in found.data if (each.metadata or {}).get("mmdt") == mark), "")

    async def look(self, batch: str) -> BatchState | Output:
        found = await self._client.get(f"{PATH}/{batch}", Batch)
        if isinstance(found, Output):
            return found
        counts = found.request_counts or Counts()
        ended = found.status in ("completed", "expired", "cancelled", "failed")
        return BatchState(ended, counts.completed + counts.failed, _whole(found))

    async def fetch(self, batch: str, file: Path) -> Output | None:
        found = await self._client.get(f"{PATH}/{batch}", Batch)
        if isinstance(found, Output):
            return found
        names = [name for name in (found.output_file_id, found.error_file_id) if name]

        async def save(sdk: AsyncOpenAI) -> None:
            contents = [sdk.files.with_streaming_response.content(name) for name in names]
            await saved(contents, file)

        return await self._client.call(save, timeout=UPLOADING)

    def key(self, line: bytes) -> str:
        return key_of(line)

    async def read(self, line: bytes) -> Output:
        found = decode(line, Line)
        if isinstance(found, Output):
            return found
        if found.response is None:
            fault = found.error or Fault()
            return expired(fault.code or "", redact(fault.message or "no reason given"))
        status, body = found.response.status_code, bytes(found.response.body)
        if status != 200:
            return self._client.refused(status, body, {})
        reply = decode(body, self._form.reply)
        return reply if isinstance(reply, Output) else await self._form.output(reply, self._client, self._price)

    async def cancel(self, batch: str) -> Output | None:
        async def send(sdk: AsyncOpenAI) -> None:
            await sdk.batches.cancel(batch)

        return await self._client.call(send)


def _whole(batch: Batch) -> Failure | None:
    """Why the provider took none of a batch."""
    if batch.status != "failed":
        return None
    faults = (batch.errors.data if batch.errors else None) or [Fault(message="the provider gives no reason")]
    first = faults[0]
    where = f" (line {first.line} of its file)" if first.line else ""
    message = f"the provider did not take the batch: {redact(first.message or first.code or '')}{where}"
    later = all(fault.code in _LATER for fault in faults)
    return Failure(FailureKind.RATE_LIMIT if later else FailureKind.BAD_REQUEST, message, retryable=later)
