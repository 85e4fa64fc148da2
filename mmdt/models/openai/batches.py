"""OpenAI's batch endpoint: upload a file of requests; within a day, download one file of answers and one of errors."""

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
from mmdt.models.openai.apis import Api
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Tariff

if TYPE_CHECKING:
    from openai import AsyncOpenAI

PATH = "/batches"
MAX_REQUESTS = 50_000
MAX_IMAGE_REQUESTS = 200
"""Image requests per batch. All answers come in one file, several megabytes each."""
MAX_BYTES = 64 * 1024 * 1024
"""The provider accepts 200 MB, but the SDK holds the whole file in memory while sending it."""
_RETRYABLE_CODES = frozenset({"token_limit_exceeded", "rate_limit_exceeded"})
"""Error codes of a batch rejected because too much is queued: it may be accepted later."""


class BatchError(msgspec.Struct):
    code: str | None = None
    message: str | None = None
    line: int | None = None


class BatchErrors(msgspec.Struct):
    data: list[BatchError] | None = None


class OpenAIBatchCounts(msgspec.Struct):
    total: int = 0
    completed: int = 0
    failed: int = 0


class OpenAIBatchJob(msgspec.Struct):
    id: str
    status: str
    output_file_id: str | None = None
    error_file_id: str | None = None
    errors: BatchErrors | None = None
    request_counts: OpenAIBatchCounts | None = None
    metadata: dict[str, Any] | None = None


class OpenAIBatchPage(msgspec.Struct):
    data: list[OpenAIBatchJob]


class LineResponse(msgspec.Struct):
    status_code: int
    body: msgspec.Raw = msgspec.Raw(b"null")


class OpenAIBatchLine(msgspec.Struct):
    response: LineResponse | None = None
    error: BatchError | None = None


class OpenAIBatches:
    """The batch endpoint for one model and one API."""

    most_bytes = MAX_BYTES

    def __init__(
        self, client: OpenAIClient, model: str, settings: OpenAISettings, api: Api, tariff: Tariff, most: int
    ) -> None:
        self.most_requests = most
        self._client = client
        self._model = model
        self._settings = settings
        self._api = api
        self._tariff = tariff.batches()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that the server does not take, as far as it was asked."""
        return self._client.dialect.left_out

    def line(self, key: str, request: Request) -> bytes:
        body = self._api.body(self._model, request, self._settings, self._client.dialect.draft())
        line = {"custom_id": key, "method": "POST", "url": f"/v1{self._api.path}", "body": body}
        return msgspec.json.encode(line)

    async def submit(self, file: Path, count: int, mark: str) -> str | Output:
        async def send(sdk: AsyncOpenAI) -> str:
            uploaded = await sdk.files.create(file=file, purpose="batch")
            batch = await sdk.batches.create(
                input_file_id=uploaded.id,
                endpoint=f"/v1{self._api.path}",  # type: ignore[arg-type]  # always one of the literals listed there
                completion_window="24h",
                metadata={"mmdt": mark},
            )
            return batch.id

        return no_batches(await self._client.call(send, timeout=UPLOADING))

    async def find(self, mark: str, count: int, since: float) -> str | Output:
        found = no_batches(await self._client.get(f"{PATH}?limit=100", OpenAIBatchPage))
        if isinstance(found, Output):
            return found
        return next((each.id for each in found.data if (each.metadata or {}).get("mmdt") == mark), "")

    async def look(self, batch: str) -> BatchState | Output:
        found = await self._client.get(f"{PATH}/{batch}", OpenAIBatchJob)
        if isinstance(found, Output):
            return found
        counts = found.request_counts or OpenAIBatchCounts()
        ended = found.status in ("completed", "expired", "cancelled", "failed")
        return BatchState(ended, counts.completed + counts.failed, _batch_failure(found))

    async def fetch(self, batch: str, file: Path) -> Output | None:
        found = await self._client.get(f"{PATH}/{batch}", OpenAIBatchJob)
        if isinstance(found, Output):
            return found
        names = [name for name in (found.output_file_id, found.error_file_id) if name]

        async def save(sdk: AsyncOpenAI) -> None:
            contents = [sdk.files.with_streaming_response.content(name) for name in names]
            await saved(contents, file)

        return await self._client.download(save)

    def key(self, line: bytes) -> str:
        return key_of(line)

    async def read(self, line: bytes) -> Output:
        found = decode(line, OpenAIBatchLine)
        if isinstance(found, Output):
            return found
        if found.response is None:
            fault = found.error or BatchError()
            return expired(fault.code or "", redact(fault.message or "no reason given"))
        status, body = found.response.status_code, bytes(found.response.body)
        if status != 200:
            return self._client.refused(status, body, {}, frozenset(self._client.dialect.optional))
        reply = decode(body, self._api.reply)
        if isinstance(reply, Output):
            return reply
        return await self._api.output(reply, self._client, self._tariff.price(reply.model))

    async def cancel(self, batch: str) -> Output | None:
        async def send(sdk: AsyncOpenAI) -> None:
            await sdk.batches.cancel(batch)

        return await self._client.call(send)


def _batch_failure(batch: OpenAIBatchJob) -> Failure | None:
    """Why the provider rejected the whole batch; None if it did not."""
    if batch.status != "failed":
        return None
    faults = (batch.errors.data if batch.errors else None) or [BatchError(message="the provider gave no reason")]
    first = faults[0]
    where = f" (line {first.line} of its file)" if first.line else ""
    message = f"the provider rejected the batch: {redact(first.message or first.code or '')}{where}"
    later = all(fault.code in _RETRYABLE_CODES for fault in faults)
    return Failure(FailureKind.RATE_LIMIT if later else FailureKind.BAD_REQUEST, message, retryable=later)
