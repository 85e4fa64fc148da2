"""Claude models behind Anthropic's API: ``anthropic/<model>``."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import TYPE_CHECKING, Any

from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.models.anthropic_messages import (
    OPTIONAL,
    PATH,
    Reply,
    error_output,
    messages_body,
    messages_output,
    read_error,
)
from mmdt.models.anthropic_settings import OFFICIAL, AnthropicSettings, anthropic_info, anthropic_settings
from mmdt.models.api_model import ApiModel
from mmdt.models.dialect import Dialect
from mmdt.models.extras import require
from mmdt.models.failures import without
from mmdt.models.prices import price_of
from mmdt.models.sdk_client import Access, SdkClient, sdk_imports

if TYPE_CHECKING:
    import httpx2


class AnthropicClient(SdkClient):
    """Anthropic's endpoint, or a gateway that speaks its protocol."""

    module = "anthropic"
    models_path = "/v1/models?limit=1000"

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        from anthropic import AsyncAnthropic

        return AsyncAnthropic(
            api_key=key, base_url=self.access.url, max_retries=0, http_client=web, open_telemetry=False
        )

    def _refused(self, status: int, data: Any, fallback: str, headers: Mapping[str, str], fields: Set[str]) -> Output:
        found = read_error(data, fallback)
        dropped = self.dialect.learn(status, "", found.message, fields)
        if dropped:
            return without(dropped)
        return error_output(status, found, headers, self.access.key_env, self._key)


class AnthropicModel(ApiModel):
    """A Claude model; it answers questions about pictures and draws none."""

    imports = sdk_imports("anthropic")

    def __init__(self, info: ModelInfo, model: str, settings: AnthropicSettings, client: AnthropicClient) -> None:
        known = settings.prices or settings.base_url == OFFICIAL
        super().__init__(info, model, client, price_of("anthropic", model, settings.prices) if known else None)
        self._settings = settings
        self._client = client

    async def _ask(self, request: Request) -> Output:
        reply = await self._client.ask(
            PATH, messages_body(self._model, request, self._settings, self._client.dialect), Reply
        )
        return reply if isinstance(reply, Output) else messages_output(reply, self._price)


def open_anthropic(rest: str, settings: Mapping[str, Any]) -> AnthropicModel:
    """The factory behind the entry point. Raises UsageError, or MissingExtraError without the SDK."""
    name = f"anthropic/{rest}"
    require("anthropic", "a model of Anthropic's", "anthropic")
    found = anthropic_settings(rest, settings)
    url = found.base_url
    access = Access("Anthropic", url, found.api_key_env, url == OFFICIAL, found.timeout)
    return AnthropicModel(anthropic_info(name, found), rest, found, AnthropicClient(access, Dialect(OPTIONAL)))
