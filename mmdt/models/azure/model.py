"""OpenAI models deployed on Azure: ``azure/<deployment>``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from mmdt.errors import UsageError
from mmdt.models.http.client import Access
from mmdt.models.http.keys import KeyRule, choose_key
from mmdt.models.http.urls import check_base_url
from mmdt.models.openai.client import OpenAIClient
from mmdt.models.openai.model import OpenAIModel, openai_dialect
from mmdt.models.openai.settings import OpenAISettings
from mmdt.models.prices import Tariff
from mmdt.models.settings import read_settings
from mmdt.plugins.facts import facts
from mmdt.spelling import option

if TYPE_CHECKING:
    import httpx2

_HOSTS = (".openai.azure.com", ".cognitiveservices.azure.com", ".services.ai.azure.com")
_SOVEREIGN = (".openai.azure.us", ".cognitiveservices.azure.us", ".openai.azure.cn", ".cognitiveservices.azure.cn")
KEY = KeyRule("AZURE_OPENAI_API_KEY", (*_HOSTS, *_SOVEREIGN), "AZURE_OPENAI_ENDPOINT")


class AzureSettings(OpenAISettings, frozen=True):
    """Settings of ``azure/<deployment>``: the settings of ``openai/``, with ``base_url`` the resource's endpoint.

    ``api_version``: the version of Azure's API, a date.
    """

    api_version: str = "2024-10-21"
    max_image_bytes: int | None = 20 * 1024 * 1024


class AzureClient(OpenAIClient):
    """Azure expects the deployment in the path and the key in its own header; its errors are OpenAI's."""

    lists_models = False  # Azure lists what could be deployed, not what is deployed

    def __init__(self, deployment: str, settings: AzureSettings) -> None:
        key = choose_key(settings.api_key_env, KEY, settings.base_url, f"azure/{deployment}")
        access = Access("Azure OpenAI", settings.base_url, key, True, settings.timeout, settings.max_reply_bytes)
        super().__init__(access, settings, openai_dialect(settings))
        self._deployment = deployment
        self._version = settings.api_version

    def _build(self, web: httpx2.AsyncClient, key: str) -> Any:
        from openai import AsyncAzureOpenAI

        return AsyncAzureOpenAI(
            api_key=key,
            azure_endpoint=self.access.url,
            azure_deployment=self._deployment,
            api_version=self._version,
            max_retries=0,
            http_client=web,
        )


class AzureModel(OpenAIModel):
    """A deployment on Azure. Azure's batches need a separate kind of deployment, which mmdt does not support."""

    @property
    def batches(self) -> None:
        return None


@facts(keys=(KEY.variable,))
def open_azure(rest: str, settings: Mapping[str, Any]) -> AzureModel:
    """Entry point; ``rest`` is the deployment's name. Raises UsageError."""
    name = f"azure/{rest}"
    if not rest:
        raise UsageError("the deployment has no name", where=name, hint="write azure/<deployment>")
    found = read_settings(AzureSettings, settings, name)
    url = found.base_url or os.environ.get("AZURE_OPENAI_ENDPOINT", "")
    if not url:
        hint = f"set {option('base_url')} or AZURE_OPENAI_ENDPOINT to https://<resource>.openai.azure.com"
        raise UsageError("no endpoint for Azure OpenAI", where=name, hint=hint)
    found = msgspec.structs.replace(found, base_url=check_base_url(url, name))
    # The user chooses the deployment's name, so only a reply, which names the model, determines the price.
    tariff = Tariff("azure", "" if found.prices is None else rest, found.prices, names_itself=found.prices is None)
    return AzureModel(name, rest, found, AzureClient(rest, found), tariff)
