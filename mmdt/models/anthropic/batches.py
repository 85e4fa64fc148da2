"""Anthropic's Message Batches: send all requests in one body; within a day, read one stream of results."""

from __future__ import annotations

import asyncio
import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.core.batch_api import BatchState
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.anthropic.client import AnthropicClient
from mmdt.models.anthropic.messages import PATH, MessageReply, messages_body, messages_output
from mmdt.models.anthropic.settings import AnthropicSettings
from mmdt.models.http.batch_results import UPLOADING, expired, key_of, no_batches, saved
from mmdt.models.http.client import decode
from mmdt.models.prices import Tariff

if TYPE_CHECKING:
    from anthropic import AsyncAnthropic

BATCHES = f"{PATH}/batches"
MAX_REQUESTS = 100_000
MAX_BYTES = 64 * 1024 * 1024
"""The provider accepts 256 MB, but the whole body is held in memory while sending it."""
CLOCK_SKEW = 60.0
"""Seconds by which our clock and the provider's may differ."""
_STATUS_OF_ERROR = {
    "authentication_error": 401,
    "billing_error": 402,
    "permission_error": 403,
    "not_found_error": 404,
    "request_too_large": 413,
    "rate_limit_error": 429,
    "overloaded_error": 529,
    "timeout_error": 504,
    "api_error": 500,
}
"""Errors within a batch come without an HTTP status; these are the statuses they would have had."""


class AnthropicBatchCounts(msgspec.Struct):
    processing: int = 0
    succeeded: int = 0
    errored: int = 0
    canceled: int = 0
    expired: int = 0

    @property
    def done(self) -> int:
        return self.succeeded + self.errored + self.canceled + self.expired


class AnthropicBatchJob(msgspec.Struct):
    id: str
    processing_status: str
    created_at: dt.datetime
    request_counts: AnthropicBatchCounts


class AnthropicBatchPage(msgspec.Struct):
    data: list[AnthropicBatchJob]


class AnthropicBatchResult(msgspec.Struct):
    type: str
    message: MessageReply | None = None
    error: dict[str, Any] | None = None


class AnthropicBatchLine(msgspec.Struct):
    result: AnthropicBatchResult


class AnthropicBatches:
    """The batch endpoint for one model."""

    most_requests = MAX_REQUESTS
    most_bytes = MAX_BYTES

    def __init__(self, client: AnthropicClient, model: str, settings: AnthropicSettings, tariff: Tariff) -> None:
        self._client = client
        self._model = model
        self._settings = settings
        self._tariff = tariff.batches()

    @property
    def left_out(self) -> tuple[str, ...]:
        """The request fields that the server does not take, as far as it was asked."""
        return self._client.dialect.left_out

    def line(self, key: str, request: Request) -> bytes:
        params = messages_body(self._model, request, self._settings, self._client.dialect.draft())
        return msgspec.json.encode({"custom_id": key, "params": params})

    async def submit(self, file: Path, count: int, mark: str) -> str | Output:
        async def send(sdk: AsyncAnthropic) -> bytes:
            import httpx2

            content = await asyncio.to_thread(_body, file)
            reply = await sdk.post(BATCHES, cast_to=httpx2.Response, content=content)
            return bytes(reply.content)

        reply = no_batches(await self._client.call(send, timeout=UPLOADING))
        found = reply if isinstance(reply, Output) else decode(reply, AnthropicBatchJob)
        return found if isinstance(found, Output) else found.id

    async def find(self, mark: str, count: int, since: float) -> str | Output:
        """Anthropic's batches cannot carry our mark, so find one by its creation time and number of requests.

        Returns "" unless exactly one matches. A wrong match does no harm: results with foreign ids are ignored.
        """
        found = no_batches(await self._client.get(f"{BATCHES}?limit=100", AnthropicBatchPage))
        if isinstance(found, Output):
            return found
        matches = [
            each.id
            for each in found.data
            if each.created_at.timestamp() >= since - CLOCK_SKEW
            and each.request_counts.done + each.request_counts.processing == count
        ]
        return matches[0] if len(matches) == 1 else ""

    async def look(self, batch: str) -> BatchState | Output:
        found = await self._client.get(f"{BATCHES}/{batch}", AnthropicBatchJob)
        if isinstance(found, Output):
            return found
        return BatchState(found.processing_status == "ended", found.request_counts.done)

    async def fetch(self, batch: str, file: Path) -> Output | None:
        async def save(sdk: AsyncAnthropic) -> None:
            await saved([sdk.messages.batches.with_streaming_response.results(batch)], file)

        return await self._client.download(save)

    def key(self, line: bytes) -> str:
        return key_of(line)

    async def read(self, line: bytes) -> Output:
        found = decode(line, AnthropicBatchLine)
        if isinstance(found, Output):
            return found
        result = found.result
        if result.message is not None:
            return messages_output(result.message, self._tariff.price(result.message.model))
        if result.error is not None:
            return self._error(result.error)
        return expired(result.type, result.type)

    def _error(self, error: dict[str, Any]) -> Output:
        inner = error.get("error")
        kind = inner.get("type") if isinstance(inner, dict) else ""
        fields = frozenset(self._client.dialect.optional)
        return self._client.refused(_STATUS_OF_ERROR.get(str(kind), 400), msgspec.json.encode(error), {}, fields)

    async def cancel(self, batch: str) -> Output | None:
        async def send(sdk: AsyncAnthropic) -> None:
            await sdk.messages.batches.cancel(batch)

        return await self._client.call(send)


def _body(file: Path) -> bytes:
    return b'{"requests":[%b]}' % b",".join(file.read_bytes().splitlines())
