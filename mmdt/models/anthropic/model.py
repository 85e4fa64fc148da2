"""Claude models served by Anthropic's API: ``anthropic/<model>``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmdt.core.output import Output
from mmdt.core.protocols import ModelInfo, Request
from mmdt.models.anthropic.batches import AnthropicBatches
from mmdt.models.anthropic.client import AnthropicClient
from mmdt.models.anthropic.messages import OPTIONAL, PATH, MessageReply, messages_body, messages_output
from mmdt.models.anthropic.settings import KEY, OFFICIAL, AnthropicSettings, anthropic_info, anthropic_settings
from mmdt.models.extras import require
from mmdt.models.http.client import Access, sdk_imports
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.keys import choose_key
from mmdt.models.http.model import ApiModel
from mmdt.models.prices import tariff_at
from mmdt.plugins.facts import facts


class AnthropicModel(ApiModel):
    """A Claude model: reads text and images, writes text only."""

    imports = sdk_imports("anthropic")

    def __init__(self, info: ModelInfo, model: str, settings: AnthropicSettings, client: AnthropicClient) -> None:
        url = settings.base_url
        super().__init__(info, model, client, tariff_at(url, url == OFFICIAL, "anthropic", model, settings.prices))
        self._settings = settings
        self._client = client

    @property
    def batches(self) -> AnthropicBatches:
        return AnthropicBatches(self._client, self._model, self._settings, self.tariff)

    async def _ask(self, request: Request) -> Output:
        draft = self._client.dialect.draft()
        reply = await self._client.ask(PATH, messages_body(self._model, request, self._settings, draft), MessageReply)
        output = reply if isinstance(reply, Output) else messages_output(reply, self.tariff.price(reply.model))
        return replace(output, left_out=draft.left_out)


@facts(keys=(KEY.variable,), batches="all models")
def open_anthropic(rest: str, settings: Mapping[str, Any]) -> AnthropicModel:
    """Entry point. Raises UsageError, or MissingExtraError without the SDK."""
    name = f"anthropic/{rest}"
    require("anthropic", "an Anthropic model", "anthropic")
    found = anthropic_settings(rest, settings)
    url = found.base_url
    key = choose_key(found.api_key_env, KEY, url, name)
    access = Access("Anthropic", url, key, url == OFFICIAL, found.timeout, found.max_reply_bytes)
    own = {*(found.extra_body or ()), *(("temperature",) if found.temperature is not None else ())}
    own |= {"output_config"} if found.effort else set()
    client = AnthropicClient(access, Dialect({*OPTIONAL} - own), found.filter_patterns)
    return AnthropicModel(anthropic_info(name, found), rest, found, client)
