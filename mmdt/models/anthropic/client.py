"""A client for Anthropic and compatible gateways, built on Anthropic's SDK."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from typing import TYPE_CHECKING, Any

from mmdt.core.output import Output
from mmdt.models.anthropic.messages import error_output, read_error
from mmdt.models.http.client import Access, SdkClient
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.failures import Call, without

if TYPE_CHECKING:
    import httpx2


class AnthropicClient(SdkClient):
    """Anthropic's endpoint or a compatible gateway."""

    module = "anthropic"
    models_path = "/v1/models?limit=1000"

    def __init__(self, access: Access, dialect: Dialect, filters: Sequence[str] = ()) -> None:
        super().__init__(access, dialect)
        self._filters = tuple(filters)

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        from anthropic import AsyncAnthropic

        return AsyncAnthropic(
            api_key=key, base_url=self.access.url, max_retries=0, http_client=web, open_telemetry=False
        )

    def _refused(
        self, status: int, data: Any, fallback: str, headers: Mapping[str, str], fields: Set[str], call: Call
    ) -> Output:
        found = read_error(data, fallback)
        dropped = self.dialect.learn(status, "", found.message, fields)
        if dropped:
            return without(dropped)
        return error_output(status, found, headers, call, self._filters)
