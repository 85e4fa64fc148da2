"""Models served by OpenAI or a compatible server (vLLM, Ollama, llama.cpp, gateways): ``openai/<model>``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from mmdt.core.modality import flow
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.http.client import Access
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.keys import choose_key
from mmdt.models.http.model import ApiModel
from mmdt.models.openai.apis import OPTIONAL, api_of
from mmdt.models.openai.batches import MAX_IMAGE_REQUESTS, MAX_REQUESTS, OpenAIBatches
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.settings import KEY, OpenAISettings, openai_info, openai_settings
from mmdt.models.prices import Tariff, tariff_at
from mmdt.plugins.facts import facts


class OpenAIModel(ApiModel):
    """One model at one endpoint: text through Chat Completions or Responses, images through the Images API."""

    def __init__(self, name: str, model: str, settings: OpenAISettings, client: OpenAIClient, tariff: Tariff) -> None:
        super().__init__(openai_info(name, model, settings), model, client, tariff)
        self.imports = client.imports
        self._settings = settings
        self._client = client

    @property
    def batches(self) -> OpenAIBatches | None:
        """None if the model produces both text and images: a batch holds requests to one API only."""
        if len(self.info.modalities) > 1 or self._settings.api == "moderations":
            return None
        (modality,) = self.info.modalities
        wants = flow(modality).output
        api, most = api_of(wants, self._settings), MAX_IMAGE_REQUESTS if wants == "image" else MAX_REQUESTS
        return OpenAIBatches(self._client, self._model, self._settings, api, self.tariff, most)

    async def _ask(self, request: Request) -> Output:
        api = api_of(request.wants, self._settings)
        draft = self._client.dialect.draft()
        reply = await self._client.ask(api.path, api.body(self._model, request, self._settings, draft), api.reply)
        if isinstance(reply, Output):
            return replace(reply, left_out=draft.left_out)
        price = self.tariff.price(reply.model, getattr(reply, "service_tier", ""))
        return replace(await api.output(reply, self._client, price), left_out=draft.left_out)


def openai_dialect(settings: OpenAISettings) -> Dialect:
    """The fields that may be dropped if the server rejects them: never one that the user set explicitly."""
    own = {"temperature"} if settings.temperature is not None else set()
    return Dialect(OPTIONAL - own - settings.sent_elsewhere)


@facts(keys=(KEY.variable,), batches="models that produce text or pictures, not both")
def open_openai(rest: str, settings: Mapping[str, Any]) -> OpenAIModel:
    """Entry point; ``rest`` is the model name as the server knows it. Raises UsageError."""
    found = openai_settings(rest, settings)
    tariff = tariff_at(found.base_url, found.official, "openai", rest, found.prices)
    key = choose_key(found.api_key_env, KEY, found.base_url, f"openai/{rest}")
    access = Access("OpenAI", found.base_url, key, found.official, found.timeout, found.max_reply_bytes)
    client = OpenAIClient(access, found, openai_dialect(found))
    return OpenAIModel(f"openai/{rest}", rest, found, client, tariff)
