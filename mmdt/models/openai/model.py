"""Models behind OpenAI's API or any server that speaks it (vLLM, Ollama, llama.cpp, gateways): ``openai/<model>``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmdt.core.modality import flow
from mmdt.core.output import Output
from mmdt.core.protocols import Request
from mmdt.models.http.client import Access, sdk_imports
from mmdt.models.http.dialect import Dialect
from mmdt.models.http.model import ApiModel
from mmdt.models.openai.batches import MOST_PICTURES, MOST_REQUESTS, OpenAIBatches
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.forms import OPTIONAL, form_of
from mmdt.models.openai.settings import OpenAISettings, openai_info, openai_settings
from mmdt.models.prices import Price, price_of


class OpenAIModel(ApiModel):
    """One model of one endpoint; text through chat completions (or responses), pictures through the images endpoint."""

    imports = sdk_imports("openai")

    def __init__(
        self, name: str, model: str, settings: OpenAISettings, client: OpenAIClient, price: Price | None
    ) -> None:
        super().__init__(openai_info(name, model, settings), model, client, price)
        self._settings = settings
        self._client = client

    @property
    def batches(self) -> OpenAIBatches | None:
        """None where the model makes both text and pictures: a batch holds requests of one form."""
        if len(self.info.modalities) > 1:
            return None
        (modality,) = self.info.modalities
        wants = flow(modality).output
        form, most = form_of(wants, self._settings), MOST_PICTURES if wants == "image" else MOST_REQUESTS
        return OpenAIBatches(self._client, self._model, self._settings, form, self._price, most)

    async def _ask(self, request: Request) -> Output:
        form = form_of(request.wants, self._settings)
        body = form.body(self._model, request, self._settings, self._client.dialect)
        reply = await self._client.ask(form.path, body, form.reply)
        return reply if isinstance(reply, Output) else await form.output(reply, self._client, self._price)


def openai_dialect(settings: OpenAISettings) -> Dialect:
    """What may be left out where the server refuses it: never what the user asked for by name."""
    return Dialect(OPTIONAL - ({"temperature"} if settings.temperature is not None else set()))


def open_openai(rest: str, settings: Mapping[str, Any]) -> OpenAIModel:
    """The factory behind the entry point: ``rest`` is the model's name as the server knows it."""
    found = openai_settings(rest, settings)
    price = price_of("openai", rest, found.prices) if found.prices or found.official else None
    access = Access("OpenAI", found.base_url, found.api_key_env, found.official, found.timeout)
    client = OpenAIClient(access, found, openai_dialect(found))
    return OpenAIModel(f"openai/{rest}", rest, found, client, price)
